package io.vswitch.rules;

/** The same with three workers, each packet received by any of them. */
class StatefulWorkersTest extends StatefulAgreementTest {
    @Override
    int workers() {
        return 3;
    }
}
