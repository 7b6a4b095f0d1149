package io.vswitch.rules;

/** The same with three workers, each packet received by any of them. */
class BalanceWorkersTest extends BalanceAgreementTest {
    @Override
    int workers() {
        return 3;
    }
}
