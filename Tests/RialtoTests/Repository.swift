import Foundation

/// The sources that these tests were built from, as text.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// One text file, by its path below the root.
    struct File: Sendable {
        let path: String
        let text: String

        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var isSwift: Bool { path.hasSuffix(".swift") }
        /// `Surfaces` for a file of that target.
        var target: String? {
            let parts = path.split(separator: "/")
            return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
        }
    }

    static func text(of path: String) throws -> String {
        try String(contentsOfFile: root + "/" + path, encoding: .utf8)
    }

    /// Every text file below some folders, in the order of their paths.
    static func files(below folders: String...) -> [File] {
        folders.flatMap(paths).sorted().compactMap { path in
            (try? text(of: path)).map { File(path: path, text: $0) }
        }
    }

    /// Every file below a folder; nothing hidden, nothing that tools leave behind, and no links.
    static func paths(below folder: String) -> [String] {
        var found: [String] = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? [] {
            let path = folder.isEmpty ? name : folder + "/" + name
            guard !isLeftover(name), let type = type(of: path) else { continue }
            if type == .typeDirectory { found += paths(below: path) }
            if type == .typeRegular { found.append(path) }
        }
        return found
    }

    /// Every folder that holds a file, however deep.
    static func folders(below folder: String) -> [String] {
        let parents = paths(below: folder).flatMap { path -> [String] in
            let parts = path.split(separator: "/").dropLast()
            return parts.indices.map { parts[...$0].joined(separator: "/") }
        }
        return Set(parents).sorted()
    }

    private static func type(of path: String) -> FileAttributeType? {
        (try? FileManager.default.attributesOfItem(atPath: root + "/" + path))?[.type] as? FileAttributeType
    }

    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(".") || name == "__pycache__" || name == "node_modules" || name.hasSuffix(".pyc")
    }
}
