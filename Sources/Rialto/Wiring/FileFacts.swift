import CoreFoundation  // a release build finds the members of `stat` there
import Domain
import Foundation

/// What the system knows of a file.
struct FileFacts {
    /// The same for two names of one file.
    struct Identity: Equatable {
        var device: UInt64
        var number: UInt64
    }

    let identity: Identity
    let bytes: Int64
    private let mode: mode_t

    var isFolder: Bool { mode & S_IFMT == S_IFDIR }
    var isFile: Bool { mode & S_IFMT == S_IFREG }

    /// Of what a name leads to; nil where there is nothing.
    init?(at path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    /// Of an open file.
    init(of file: Int32) throws(Refusal) {
        var facts = stat()
        guard fstat(file, &facts) == 0 else {
            throw Refusal(.unavailable, "A file could not be looked at: \(SystemFault.words()).")
        }
        self.init(facts)
    }

    private init(_ facts: stat) {
        identity = Identity(device: UInt64(truncatingIfNeeded: facts.st_dev), number: UInt64(facts.st_ino))
        bytes = Int64(facts.st_size)
        mode = facts.st_mode
    }
}

/// The disk that a folder is on.
enum Disk {
    static func freeBytes(of folder: String) -> Int64? {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return nil }
        return Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
    }
}
