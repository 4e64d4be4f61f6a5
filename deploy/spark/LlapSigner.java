package org.apache.hadoop.hive.llap.security;

/**
 * Spark leaves out Hive's library for LLAP, but one of Hive's functions names this interface. Without
 * it Hive's registry of functions cannot be loaded, and a session that the Thrift server closes in a
 * thread without a connection to Hive ends with an error, which ends dbt.
 */
public class LlapSigner {
    public interface Signable {
    }
}
