import Domain
import Foundation

/// The mark of the one server of a data directory; gone with its process, however that ends.
final class DataLock: Sendable {
    /// Who holds a data directory.
    struct Holder: Equatable, Sendable {
        var process: Int32
        /// The beginning of the URLs that it tells of itself, once it knows.
        var publicURL: String?
        /// Where this machine reaches it.
        var localURL: String?
    }

    private static let tries = 10
    private let file: Int32

    /// - Throws: `conflict`, naming the process that holds it.
    static func take(_ data: DataDirectory) throws(Refusal) -> DataLock {
        let file = open(data.lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw Refusal(.unavailable, "\(data.lockPath) could not be opened: \(SystemFault.words()).")
        }
        // A command that looks who holds it has it for a moment.
        for _ in 0..<tries {
            if flock(file, LOCK_EX | LOCK_NB) == 0 { return DataLock(file) }
            usleep(20_000)
        }
        let holder = parse(file)
        close(file)
        let process = holder.map { " (process \($0.process))" } ?? ""
        throw Refusal(.conflict, "Another rialto serves this data\(process): \(data.path) is in use.")
    }

    /// The server of this data that runs at this moment.
    static func holder(of data: DataDirectory) -> Holder? {
        let file = open(data.lockPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        return parse(file)
    }

    private init(_ file: Int32) {
        self.file = file
        write(Holder(process: getpid()))
    }

    /// Tells commands where this server is reached.
    func tell(publicURL: String, localURL: String) {
        write(Holder(process: getpid(), publicURL: publicURL, localURL: localURL))
    }

    private func write(_ holder: Holder) {
        let lines = ["\(holder.process)", holder.publicURL, holder.localURL].compactMap(\.self)
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        ftruncate(file, 0)
        pwrite(file, bytes, bytes.count, 0)
    }

    private static func parse(_ file: Int32) -> Holder? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(file, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        guard let process = lines.first.flatMap({ Int32($0) }) else { return nil }
        return Holder(
            process: process, publicURL: lines.count > 1 ? lines[1] : nil, localURL: lines.count > 2 ? lines[2] : nil)
    }

    deinit { close(file) }
}
