import Domain
import Foundation

/// The files of a simulated server.
struct ServerDisk: Codable, Equatable, Sendable {
    static let mostBytesOfFile = 262_144
    static let mostBytes: Int64 = 1_048_576
    static let mostFiles = 500

    struct File: Codable, Equatable, Sendable {
        var content: Data
        /// `0644`
        var mode: String
        var changedAt: Timestamp
    }

    /// By their whole path.
    private(set) var files: [String: File] = [:]

    init(image: String, hostname: String, at now: Timestamp) {
        let names = ["debian-12": "Debian GNU/Linux 12 (bookworm)", "nvidia-ai-ubuntu": "Ubuntu 24.04 LTS for AI"]
        let name = names[image] ?? "Ubuntu 24.04 LTS"
        let release = "PRETTY_NAME=\"\(name)\"\nID=\(image == "debian-12" ? "debian" : "ubuntu")\nVARIANT=simulated\n"
        files["/etc/os-release"] = File(content: Data(release.utf8), mode: "0644", changedAt: now)
        nameHost(hostname, at: now)
    }

    var usedBytes: Int64 { files.values.reduce(0) { $0 + Int64($1.content.count) } }

    mutating func nameHost(_ hostname: String, at now: Timestamp) {
        files["/etc/hostname"] = File(content: Data("\(hostname)\n".utf8), mode: "0644", changedAt: now)
    }

    mutating func write(_ file: File, to path: String) throws(Refusal) {
        let bytes = usedBytes - Int64(files[path]?.content.count ?? 0) + Int64(file.content.count)
        guard bytes <= Self.mostBytes, files.count < Self.mostFiles || files[path] != nil else {
            throw .conflict(
                "disk_full", "A simulated server keeps \(Self.mostFiles) files and \(Self.mostBytes) bytes of them.")
        }
        guard !isFolder(path), !path.hasSuffix("/") else { throw .input("path", "path is that of a folder.") }
        guard !Self.folders(of: path).contains(where: { files[$0] != nil }) else {
            throw .input("path", "path goes through a file.")
        }
        files[path] = file
    }

    func isFolder(_ path: String) -> Bool {
        path == "/" || files.keys.contains { $0.hasPrefix("\(path)/") }
    }

    /// The names in a folder, sorted.
    func names(in folder: String) -> [String] {
        let prefix = folder == "/" ? "/" : "\(folder)/"
        let inner = files.keys.filter { $0.hasPrefix(prefix) }
        return Set(inner.map { String($0.dropFirst(prefix.count).prefix { $0 != "/" }) }).sorted()
    }

    private static func folders(of path: String) -> [String] {
        let parts = path.split(separator: "/").dropLast()
        return parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
    }

    /// A whole path without points and empty parts; nil for what is none.
    static func path(_ text: String) -> String? {
        guard text.hasPrefix("/"), text.utf8.count <= 1024, !text.utf8.contains(where: { $0 < 32 }) else { return nil }
        let parts = text.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { return nil }
        return "/" + parts.joined(separator: "/")
    }
}
