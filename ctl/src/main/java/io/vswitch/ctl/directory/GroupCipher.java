package io.vswitch.ctl.directory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.SYM_ENCRYPT;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The group's cipher, which names a host with another key once instead of at each of its messages;
 * on the group's threads.
 */
@SuppressWarnings("unchecked") // of the class extended
final class GroupCipher extends SYM_ENCRYPT {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCipher.class);
    private static final String CIPHER = "AES/CBC/PKCS5Padding";
    private static final int IV_BYTES = 16;
    private static final int KEY_BITS = 256;
    private static final int MAX_NAMED = 1_000;

    private final Set<Address> named = ConcurrentHashMap.newKeySet();

    GroupCipher(final byte[] key) {
        setId(ClassConfigurator.getProtocolId(SYM_ENCRYPT.class));
        setSecretKey(new SecretKeySpec(key, "AES"));
        symAlgorithm(CIPHER);
        symIvLength(IV_BYTES);
        symKeylength(KEY_BITS);
    }

    /** Asked for messages under another key than ours only. */
    @Override
    protected boolean inView(final Address sender, final String message) {
        final View now = view;
        final boolean isMember = now == null || now.containsMember(sender);
        if (!isMember && named.size() < MAX_NAMED && named.add(sender)) {
            LOG.warn("directory: {} has another --directory-key; it is kept out", sender);
        }
        return isMember;
    }
}
