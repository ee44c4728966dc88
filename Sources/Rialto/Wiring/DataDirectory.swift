import Domain
import Foundation

/// The folder that holds everything a server remembers.
struct DataDirectory: Sendable, Equatable {
    let path: String

    var storePath: String { path + "/rialto.sqlite" }
    var masterKeyPath: String { path + "/master.key" }
    var lockPath: String { path + "/rialto.lock" }
    var configPath: String { path + "/rialto.yaml" }

    init(path: String) {
        self.path = URL(filePath: path, directoryHint: .notDirectory).standardizedFileURL.path
    }

    /// The one that was named, or `$RIALTO_DATA`, or `.rialto` at home.
    static func located(_ named: String?, _ environment: [String: String]) throws(Refusal) -> DataDirectory {
        if let path = named ?? environment["RIALTO_DATA"], !path.isEmpty { return DataDirectory(path: path) }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw .invalid("data", "There is no home directory; say where the data is with --data DIR.")
        }
        return DataDirectory(path: home + "/.rialto")
    }

    var exists: Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    var hasStore: Bool { FileManager.default.fileExists(atPath: storePath) }

    /// Makes the folder, for its owner only, where there is none.
    func make() throws(Refusal) {
        if exists { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Refusal(.unavailable, "The data directory \(path) could not be made: \(error.localizedDescription)")
        }
    }

    /// - Throws: `notFound` where no server has ever kept its data here.
    func mustHaveStore() throws(Refusal) {
        guard exists, hasStore else {
            throw Refusal(
                .notFound, "There is no data in \(path) yet: run `rialto serve` first, or name another --data.")
        }
    }
}

/// What the system said of the call that failed just now.
enum SystemFault {
    static func words(_ number: Int32 = errno) -> String {
        String(cString: strerror(number))
    }
}
