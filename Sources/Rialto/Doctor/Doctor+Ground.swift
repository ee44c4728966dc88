import Domain
import Foundation
import PostgresStore
import SQLiteStore

/// The ground: config, data directory, master key, store and signing keys.
extension Doctor {
    static let restore = "Stop the server, and put back a copy of rialto.sqlite that was made before."

    /// - Returns: no site where even the data directory is unknown.
    func readConfig() -> (site: Site?, finding: Finding) {
        do {
            let site = try Site.find(data: data, store: store, config: config, environment: environment)
            let words = site.config.map { "\($0) reads well." } ?? "There is no file; defaults count."
            return (site, .ok("config", words))
        } catch {
            let finding = Finding.wrong("config", error.message, mend: "Correct it, then start the server again.")
            guard let data = try? DataDirectory.located(data, environment) else { return (nil, finding) }
            let defaults = Site(data: data, settings: Settings(), environment: environment, config: nil)
            return (defaults, finding)
        }
    }

    func dataDirectory(_ data: DataDirectory) -> Finding {
        let name = "data directory"
        guard data.exists else {
            return .wrong(
                name, "There is no directory \(data.path).", mend: "Run `rialto serve` first, or name another --data.")
        }
        guard access(data.path, R_OK | W_OK | X_OK) == 0 else {
            return .wrong(
                name, "\(data.path) may not be written by this user.",
                mend: "Give it to the user who runs rialto: chown -R USER \(data.path)")
        }
        guard let free = Disk.freeBytes(of: data.path) else { return .ok(name, data.path) }
        let words = "\(free >> 20) MiB are free in \(data.path)."
        guard free >= leastFreeBytes else {
            return .wrong(name, words, mend: "Free some space on its disk: the store stops where there is none.")
        }
        return .ok(name, words)
    }

    func readMasterKey(_ site: Site, _ store: (any Store)?) async -> (key: MasterKey?, finding: Finding) {
        let file = MasterKeyFile(path: site.data.masterKeyPath, environment: environment)
        if site.place.data == nil, !file.isFromEnvironment { return await keptMasterKey(site, store) }
        do {
            let key = try file.read()
            return (key, .ok("master key", "\(file.origin) holds one."))
        } catch {
            return (nil, .wrong("master key", error.message, mend: file.mend))
        }
    }

    private func keptMasterKey(_ site: Site, _ store: (any Store)?) async -> (key: MasterKey?, finding: Finding) {
        let name = "master key"
        guard let store else { return (nil, .note(name, "It is kept in the store.", mend: "Mend the store first.")) }
        guard let key = try? await MasterKeys(site).key(in: store) else {
            return (nil, .wrong(name, "The store keeps none.", mend: "Run `rialto serve` first."))
        }
        let mend = "To keep it apart, give \(MasterKeyFile.variable) to every server, as docs/operating.md says."
        return (key, .note(name, "It is kept in the store: whoever can read that can open what it seals.", mend: mend))
    }

    func openStore(_ site: Site) async -> (store: (any Store)?, finding: Finding) {
        guard case .file(let data) = site.place else { return await openDatabase(site) }
        guard data.hasStore else {
            let mend = "Run `rialto serve` first, or name another --data."
            return (nil, .wrong("store", "There is no \(data.storePath).", mend: mend))
        }
        do {
            let store = try SQLiteStore(path: data.storePath)
            let soundness = await store.check()
            guard soundness.complaints.isEmpty else {
                let words = soundness.complaints.joined(separator: "; ")
                return (nil, .wrong("store", "\(data.storePath) is damaged: \(words).", mend: Self.restore))
            }
            return (store, .ok("store", "\(data.storePath) is sound; its tables are at \(soundness.version)."))
        } catch {
            let isNewer = (error as? Refusal)?.reason == .unsupported && Self.words(error).contains("newer")
            let mend = isNewer ? "Run the newer rialto." : Self.restore
            return (nil, .wrong("store", Self.words(error) + ".", mend: mend))
        }
    }

    private func openDatabase(_ site: Site) async -> (store: (any Store)?, finding: Finding) {
        do {
            let store = try await site.openStore(logger)
            let weak = try await (store as? PostgresStore)?.weaknesses() ?? []
            guard weak.isEmpty else {
                let words =
                    "\(site.place.words) answers, but forgets in a power cut what it has committed: "
                    + weak.map { "\($0) is off" }.joined(separator: ", ") + "."
                return (store, .wrong("store", words, mend: "Set it to on in postgresql.conf, and reload that."))
            }
            return (store, .ok("store", "\(site.place.words) answers."))
        } catch {
            let mend = "Make sure that the database runs, and that this URL and its password are right."
            return (nil, .wrong("store", Self.words(error) + ".", mend: mend))
        }
    }

    func signingKeys(_ house: House) -> Finding {
        let keys = house.directory.snapshot.signingKeys
        guard let current = keys.first(where: { $0.retiredAt == nil }) else {
            return .wrong("signing keys", "No key signs tokens.", mend: "Make one: rialto signing-key rotate")
        }
        do {
            let count = try house.signingKeys.honoured(of: keys).count
            return .ok("signing keys", "\(current.kid) signs; tokens of \(count) are honoured.")
        } catch {
            return .wrong(
                "signing keys", error.message,
                mend: "Put back the master key that this store was made with (\(MasterKeyFile.variable), or "
                    + "master.key in the data directory).")
        }
    }
}

extension MasterKeyFile {
    var isFromEnvironment: Bool { !(environment[Self.variable] ?? "").isEmpty }

    var origin: String { isFromEnvironment ? Self.variable : path }

    fileprivate var mend: String {
        if isFromEnvironment { return "Put the key that this store was made with into \(Self.variable)." }
        return (try? checkMode()) == nil ? "chmod 0600 \(path)" : "Put back the file that this store was made with."
    }
}
