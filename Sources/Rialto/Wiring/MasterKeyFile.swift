import Domain
import Foundation

/// Where the master key is kept: an environment variable, or a file that only its owner can read.
struct MasterKeyFile: Sendable {
    static let variable = "RIALTO_MASTER_KEY"

    let path: String
    let environment: [String: String]

    /// The key that is there.
    /// - Throws: `invalid`, saying how to mend it.
    func read() throws(Refusal) -> MasterKey {
        try MasterKey(bytes: bytes())
    }

    /// The 32 bytes of the key that is there.
    func bytes() throws(Refusal) -> [UInt8] {
        if let bytes = try Self.givenBytes(in: environment) { return bytes }
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal(
                .invalid,
                "\(path) is missing, and what is sealed in this store does not open without it: put it back, or set "
                    + "\(Self.variable).")
        }
        try checkMode()
        guard let words = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Refusal(.invalid, "\(path) cannot be read: \(SystemFault.words()).")
        }
        return try Self.parse(words, path)
    }

    /// The key of the environment variable.
    static func given(in environment: [String: String]) throws(Refusal) -> MasterKey? {
        guard let bytes = try givenBytes(in: environment) else { return nil }
        return try MasterKey(bytes: bytes)
    }

    private static func givenBytes(in environment: [String: String]) throws(Refusal) -> [UInt8]? {
        guard let words = environment[variable], !words.isEmpty else { return nil }
        return try parse(words, variable)
    }

    /// Makes the file, unless there is a key already.
    func make(_ world: World) throws(Refusal) {
        guard (environment[Self.variable] ?? "").isEmpty, !FileManager.default.fileExists(atPath: path) else { return }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Refusal(.unavailable, "\(path) could not be made: \(SystemFault.words()).") }
        defer { close(file) }
        let line = Array((Data(world.random(32)).base64EncodedString() + "\n").utf8)
        guard write(file, line, line.count) == line.count, fsync(file) == 0 else {
            throw Refusal(.unavailable, "\(path) could not be written: \(SystemFault.words()).")
        }
    }

    /// - Throws: `invalid` where others than the owner may read it.
    func checkMode() throws(Refusal) {
        guard let mode, mode & 0o077 != 0 else { return }
        throw Refusal(
            .invalid,
            "\(path) is open to others than its owner (its mode is 0\(String(mode, radix: 8)), not 0600); mend it: "
                + "chmod 0600 \(path)")
    }

    private var mode: Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }

    private static func parse(_ words: String, _ origin: String) throws(Refusal) -> [UInt8] {
        let text = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let bytes = Data(base64Encoded: text), bytes.count == 32 else {
            throw Refusal(
                .invalid, "\(origin) must hold 32 bytes in base64; `openssl rand -base64 32` makes such a key.")
        }
        return Array(bytes)
    }
}
