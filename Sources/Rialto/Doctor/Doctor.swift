import Domain
import Logging
import SQLiteStore

/// Looks at everything in order, from the ground to the roof, and says of each thing how it is.
struct Doctor: Sendable {
    static let leastFreeBytes: Int64 = 64 << 20

    let data: String?
    var store: String?
    let config: String?
    let environment: [String: String]
    var leastFreeBytes = Self.leastFreeBytes
    var logger = Logs.logger(.init(level: .critical))

    /// Stops where nothing further can be looked at.
    func examine() async -> [Finding] {
        let (site, config) = readConfig()
        guard let site else { return [config] }
        var findings = [config]
        if let data = site.place.data {
            findings.append(dataDirectory(data))
            guard data.exists else { return findings }
        }
        let (store, soundness) = await openStore(site)
        let (master, masterKey) = await readMasterKey(site, store)
        findings += [masterKey, soundness]
        guard let store else { return findings }
        let directory = Directory(store: store, configured: site.settings.upstreams)
        do {
            try await directory.refresh()
        } catch {
            return findings + [.wrong("store", "Its rows cannot be read: \(Self.words(error)).", mend: Self.restore)]
        }
        findings += [agents(directory.snapshot)] + (await upstreams(directory.snapshot, site))
        guard let master else { return findings }
        let house = House(
            place: site.place, settings: site.settings, environment: environment, logger: logger, store: store,
            world: .real, master: master, directory: directory)
        return findings + [signingKeys(house)] + (await ServerVisit(house).findings())
    }

    static func words(_ error: any Error) -> String {
        let words = (error as? Refusal)?.message ?? "\(error)"
        return words.hasSuffix(".") ? String(words.dropLast()) : words
    }
}
