import Foundation

/// Makes a file that may not grow any more an error of the write, as a full disk is, and not the end of the process.
func ignoreFileSizeSignal() {
    signal(SIGXFSZ, SIG_IGN)
}

/// Raises the number of files this process may have open to what the system allows: every stream needs two.
func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
