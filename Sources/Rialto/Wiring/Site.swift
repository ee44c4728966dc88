import Domain
import Foundation

/// Where a house stands: its data directory, its settings and its environment.
struct Site: Sendable {
    let data: DataDirectory
    var settings: Settings
    let environment: [String: String]
    /// The file the settings were read from.
    let config: String?

    /// `--config`, or `$RIALTO_CONFIG`, or `rialto.yaml` of the data directory where there is one.
    static func find(
        data named: String?, config file: String?, environment: [String: String]
    ) throws(Refusal) -> Site {
        let data = try DataDirectory.located(named, environment)
        let config = configFile(file, data, environment)
        let settings = try Settings.load(file: config, environment: environment)
        return Site(data: data, settings: settings, environment: environment, config: config)
    }

    private static func configFile(
        _ named: String?, _ data: DataDirectory, _ environment: [String: String]
    ) -> String? {
        if let path = named ?? environment["RIALTO_CONFIG"], !path.isEmpty { return path }
        return FileManager.default.fileExists(atPath: data.configPath) ? data.configPath : nil
    }
}
