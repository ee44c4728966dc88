import Domain
import Foundation

/// Where a house stands: its store, its settings and its environment.
struct Site: Sendable {
    let data: DataDirectory
    var settings: Settings
    let environment: [String: String]
    /// The file the settings were read from.
    let config: String?

    var place: StorePlace {
        settings.store.url.map { .database(url: $0) } ?? .file(data)
    }

    /// `--config`, or `$RIALTO_CONFIG`, or `rialto.yaml` of the data directory where there is one.
    /// - Parameter store: the URL of `--store`, which counts before the config's.
    static func find(
        data named: String?, store url: String? = nil, config file: String?, environment: [String: String]
    ) throws(Refusal) -> Site {
        let located = Result { () throws(Refusal) in try DataDirectory.located(named, environment) }
        // A database needs no directory; a config may still lie where the server is started.
        let data = (try? located.get()) ?? DataDirectory(path: ".")
        let config = configFile(file, data, environment)
        var settings = try Settings.load(file: config, environment: environment)
        if let url {
            try StorePlace.check(url: url)
            settings.store.url = url
        }
        if settings.store.url == nil { _ = try located.get() }
        return Site(data: data, settings: settings, environment: environment, config: config)
    }

    private static func configFile(
        _ named: String?, _ data: DataDirectory, _ environment: [String: String]
    ) -> String? {
        if let path = named ?? environment["RIALTO_CONFIG"], !path.isEmpty { return path }
        return FileManager.default.fileExists(atPath: data.configPath) ? data.configPath : nil
    }
}
