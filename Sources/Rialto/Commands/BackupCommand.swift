import ArgumentParser
import Domain
import SQLiteStore
import Wire

/// `rialto backup`: a copy of the store's file, whether a server runs or not.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the store into a file, also while a server runs.",
        discussion: "The copy is complete as of its beginning, and read through. It does not hold the master key.")

    @Argument(help: "The file to make.") var file: String
    @Flag(help: "Overwrite the file if it is there.") var force = false
    @OptionGroup var place: DataOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let site = try place.site()
        guard let data = site.place.data else {
            throw Refusal(
                .unsupported,
                "\(site.place.words) is a database, which has a backup of its own: "
                    + "pg_dump --format=custom --file=FILE URL")
        }
        try data.mustHaveStore()
        // Only for the place of the key: a copy is worth making in any case.
        let key = MasterKeyFile(path: data.masterKeyPath, environment: site.environment)
        ignoreFileSizeSignal()
        let made = try Backup(of: data, into: file, overwrites: force).make()
        let report = Self.report(made, keyIn: key.origin)
        Console.out(output.json ? report.json.render() : report.text)
    }

    static func report(_ made: Backup.Made, keyIn origin: String) -> Report {
        let facts = Report([
            "file": .string(made.path), "bytes": .integer(made.bytes),
            "runs": .integer(Int64(made.content.runs)),
            "conversations": .integer(Int64(made.content.conversations)), "master_key": .string(origin),
        ])
        let note =
            "The copy does not hold the master key, and no server starts without it: keep \(origin) too, elsewhere."
        return Report(json: facts.json, text: facts.text + "\n\n" + note)
    }
}
