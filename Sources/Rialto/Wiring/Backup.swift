import Domain
import Foundation
import SQLiteStore

/// A copy of a store's file: written beside its place under another name, and put there once it is whole and on the
/// disk.
struct Backup: Sendable {
    /// What has been made.
    struct Made: Sendable, Equatable {
        var path: String
        var bytes: Int64
        var content: SQLiteStore.Copied
    }

    private let data: DataDirectory
    private let path: String
    private let overwrites: Bool
    private let partial: String

    init(of data: DataDirectory, into file: String, overwrites: Bool) {
        self.data = data
        path = URL(filePath: file, directoryHint: .notDirectory).standardizedFileURL.path
        partial = path + ".partial"
        self.overwrites = overwrites
    }

    /// - Throws: `invalid` for a place where no copy can be, `conflict` where there is a file already.
    func make() throws -> Made {
        try checkPlace()
        let file = try openPartial()
        defer { close(file) }
        do {
            try SQLiteStore.copy(data.storePath, to: partial, freeBytes: Disk.freeBytes(of: folder) ?? .max)
            let content = try SQLiteStore.examine(partial)
            guard fsync(file) == 0 else { throw fault("could not be written to the disk") }
            let bytes = try FileFacts(of: file).bytes
            try putInPlace()
            return Made(path: path, bytes: bytes, content: content)
        } catch {
            unlink(partial)
            unlink(partial + "-journal")
            throw error
        }
    }

    private var folder: String { (path as NSString).deletingLastPathComponent }

    private func fault(_ words: String) -> Refusal {
        Refusal(.unavailable, "\(path) \(words): \(SystemFault.words()).")
    }
}

/// The place.
extension Backup {
    private func checkPlace() throws(Refusal) {
        guard let parent = FileFacts(at: folder), parent.isFolder else {
            throw .invalid("file", "There is no directory \(folder).")
        }
        try data.mustNotOwn(path)
        guard let there = FileFacts(at: path) else { return }
        guard !there.isFolder else { throw .invalid("file", "\(path) is a directory; name a file in it.") }
        guard there.isFile else { throw .invalid("file", "\(path) is no file that could be written over.") }
        guard overwrites else { throw Refusal(.conflict, "\(path) is there already; --force overwrites it.") }
    }

    /// What a killed backup has left is taken over.
    private func openPartial() throws(Refusal) -> Int32 {
        let file = open(partial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw Refusal(.unavailable, "\(partial) could not be made: \(SystemFault.words()).") }
        // Another one may have been faster, and have put the file that was opened here into its place.
        let isOurs =
            flock(file, LOCK_EX | LOCK_NB) == 0
            && (try? FileFacts(of: file).identity) == FileFacts(at: partial)?.identity
        guard isOurs, fchmod(file, 0o600) == 0, ftruncate(file, 0) == 0 else {
            close(file)
            throw Refusal(.conflict, "\(partial) is being written by another backup.")
        }
        unlink(partial + "-journal")
        return file
    }

    private func putInPlace() throws(Refusal) {
        // A link, unlike a new name, never takes the place of a file that somebody has made meanwhile.
        if overwrites {
            guard rename(partial, path) == 0 else { throw fault("could not be put in its place") }
        } else if link(partial, path) == 0 {
            unlink(partial)
        } else {
            guard errno != EEXIST, FileFacts(at: path) == nil else {
                throw Refusal(.conflict, "\(path) has been made by somebody else meanwhile; --force overwrites it.")
            }
            guard rename(partial, path) == 0 else { throw fault("could not be put in its place") }
        }
        let parent = open(folder, O_RDONLY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }
}

extension DataDirectory {
    /// Nothing that the server itself keeps in its directory is ever overwritten, whatever it is called here.
    /// - Throws: `invalid` for a path to such a file.
    func mustNotOwn(_ path: String) throws(Refusal) {
        let (name, folder) = ((path as NSString).lastPathComponent, (path as NSString).deletingLastPathComponent)
        let parent = FileFacts(at: folder.isEmpty ? "." : folder)?.identity
        let isInData = parent != nil && parent == FileFacts(at: self.path)?.identity
        let isLive = FileFacts(at: path).map { $0.identity == FileFacts(at: storePath)?.identity } ?? false
        guard !isLive, !isInData || !ownNames.contains(name) else {
            throw .invalid("file", "\(path) belongs to the running data; name another file.")
        }
    }

    /// The names of the files that a server keeps here.
    private var ownNames: Set<String> {
        let store = ["", "-wal", "-shm", "-journal"].map { storePath + $0 }
        return Set((store + [masterKeyPath, lockPath, configPath]).map { ($0 as NSString).lastPathComponent })
    }
}
