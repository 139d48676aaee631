"""`firetower bench`: throughput, latency, memory and their growth, measured on this machine."""
