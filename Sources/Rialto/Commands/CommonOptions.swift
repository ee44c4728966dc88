import ArgumentParser
import Domain
import Foundation
import Logging
import Wire

/// Where data and config are; the same for every command.
struct DataOptions: ParsableArguments {
    @Option(help: .init("The data directory; else $RIALTO_DATA, else ~/.rialto.", valueName: "dir"))
    var data: String?

    @Option(
        help: .init(
            "A database that servers share, postgres://…; else store.url of the config, else a file in the data "
                + "directory.", valueName: "url"))
    var store: String?

    @Option(
        help: .init(
            "The config file; else $RIALTO_CONFIG, else rialto.yaml in the data directory.", valueName: "file"))
    var config: String?
}

extension DataOptions {
    func site() throws(Refusal) -> Site {
        try Site.find(data: data, store: store, config: config, environment: ProcessInfo.processInfo.environment)
    }
}

/// How a command prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON value.")
    var json = false
}

/// A command on the data of a server, running or not.
protocol HouseCommand: AsyncParsableCommand {
    var place: DataOptions { get }
    var output: OutputOptions { get }
    func run(in house: House) async throws -> Report
}

extension HouseCommand {
    mutating func run() async throws {
        let site = try place.site()
        var log = site.settings.log
        log.level = max(log.level, .warning)
        let house = try await House.open(site, logger: Logs.logger(log))
        let report = try await run(in: house)
        if !report.isSilent { Console.out(output.json ? report.json.render() : report.text) }
        if report.isFailure { throw ExitCode.failure }
    }
}

/// Standard output and standard error, unbuffered.
enum Console {
    static func out(_ text: String) {
        if !text.isEmpty { put(text, FileHandle.standardOutput) }
    }

    static func err(_ text: String) { put(text, FileHandle.standardError) }

    /// A reader that has gone is no reason to fail.
    private static func put(_ text: String, _ file: FileHandle) {
        try? file.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }
}

/// How much of a long list is shown.
struct ListOptions: ParsableArguments {
    private static let most = 10_000

    @Option(help: "How many at most, up to 10000.") var limit = 50

    func validate() throws {
        guard (1...Self.most).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(Self.most).")
        }
    }
}
