import ArgumentParser
import Domain
import Synchronization

/// `rialto serve`: the server, until it is stopped.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server; Ctrl-C stops it.",
        discussion: "The first start makes an account, an agent, two clients and a signing key, and prints secrets.")

    @Option(help: "The address to listen on; else listen.host of the config.") var host: String?
    @Option(help: "The port to listen on, 0 for one that is free; else listen.port of the config.") var port: Int?
    @OptionGroup var place: DataOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0...65_535).contains(port ?? 0) else { throw ValidationError("--port must be 0 to 65535.") }
    }

    func run() async throws {
        var site = try place.site()
        if let host { site.settings.listen.host = host }
        if let port { site.settings.listen.port = port }
        let logger = Logs.install(site.settings.log)
        let lock = try site.place.data.map { data throws(Refusal) in
            try data.make()
            return try DataLock.take(data)
        }
        // Before anything is made: secrets of a first start are shown only by a server that starts.
        site.settings.listen.port = try await ListeningPort.probe(site.settings.listen)
        let house = try await House.found(site, logger: logger)
        let made = try await house.firstStart.prepare()
        try await house.directory.refresh()
        // A key that opens nothing would refuse every token.
        _ = try house.signingKeys.honoured(of: house.directory.snapshot.signingKeys)
        let welcome = Welcome(house, config: place.config, made: made)
        lock?.tell(publicURL: house.settings.publicURL, localURL: house.settings.localURL)
        defer { withExtendedLifetime(lock) {} }
        try await serve(house, welcome)
    }

    private func serve(_ house: House, _ welcome: Welcome) async throws {
        let text = { @Sendable [isJSON = output.json] in await welcome.text(isJSON: isJSON) }
        let isSaid = Atomic(false)
        // Secrets that were made are shown, whatever came in between.
        defer { if !isSaid.load(ordering: .relaxed) { Console.out(welcome.secrets.joined(separator: "\n")) } }
        do {
            try await Server(house: house).run { _ in
                isSaid.store(true, ordering: .relaxed)
                Console.out(await text())
            }
        } catch {
            throw ListeningPort.refusal(error, house.settings.listen)
        }
    }
}
