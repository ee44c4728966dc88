import ArgumentParser
import Domain
import Wire

extension UpstreamSettings.Kind: ExpressibleByArgument {
    /// The guide is built in: nobody adds it.
    package static var allValueStrings: [String] { [Self.openai, .anthropic].map(\.rawValue) }

    package init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        self.init(rawValue: argument)
    }
}

/// `rialto upstream`: where answers come from.
struct UpstreamCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upstream", abstract: "Add, list and remove upstreams: the services that models answer from.",
        subcommands: [Add.self, List.self, Remove.self])

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Add an upstream; a running server uses it at once.")

        @Argument(help: "1 to 64 visible ASCII characters without “=”.") var name: String
        @Option(help: "What it speaks: openai (any chat-completions server) or anthropic.")
        var kind: UpstreamSettings.Kind
        @Option(help: "Its base: one that ends in /v1 for openai, the one before /v1/messages for anthropic.")
        var url: String
        @Option(
            help: .init(
                "The server's environment variable that holds its key; the key itself is never stored.",
                valueName: "var"))
        var keyEnv: String?
        @Flag(name: .customLong("no-stream"), help: "Ask it for whole answers.") var isWhole = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let upstream = UpstreamSettings(name: name, kind: kind, url: url, keyVariable: keyEnv, streams: !isWhole)
            return Report(Shown.upstream(try await house.upstreamList.add(upstream), isConfigured: false))
        }
    }

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the upstreams, those of the config file first.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let upstreams = try await house.upstreamList.list()
            return Report(
                upstreams.map { Shown.upstream($0.upstream, isConfigured: $0.isConfigured) },
                columns: ["name", "kind", "url", "key_env", "from"],
                none: "There are no upstreams beside the built-in guide.")
        }
    }

    struct Remove: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an upstream that no agent uses.")

        @Argument var name: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            guard !house.settings.upstreams.contains(where: { $0.name == name }) else {
                throw Refusal(
                    .conflict, "The upstream “\(name)” stands in the config file; remove it there.", field: "name")
            }
            try await house.upstreamList.remove(named: name)
            return Report(removed: name)
        }
    }
}

extension Report {
    init(removed name: String) {
        self.init(json: ["removed": .string(name)], text: "Removed \(name).")
    }
}
