import ArgumentParser
import Domain
import Wire

extension Callback.State: ExpressibleByArgument {}

/// `rialto deliveries`: who was told of the ends of requests, and who could not be.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "List, show and repeat callbacks.",
        subcommands: [List.self, Show.self, Retry.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest callbacks.")

        @OptionGroup var length: ListOptions
        @Option(help: "Only those of this state.") var state: Callback.State?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(
                try await house.callbacks.list(limit: length.limit, state: state).map { Shown.callback($0) },
                columns: ["request", "state", "attempts", "next_at", "url"], none: "There are no callbacks.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Show a callback with every attempt at it.")

        @Argument(help: "The request that it tells of.") var request: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            Report(Shown.callback(try await house.callbacks.show(try DeliveriesCommand.id(request))))
        }
    }

    struct Retry: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a callback sent now, whatever came of it before.")

        @Argument(help: "The request that it tells of.") var request: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let callback = try await house.callbacks.retry(try DeliveriesCommand.id(request))
            return Report(
                json: .object(Shown.callback(callback)), text: "\(callback.run) is sent by a running server at once.")
        }
    }

    static func id(_ word: String) throws(Refusal) -> ID {
        guard let id = ID(uuid: word) else {
            throw .invalid("request", "“\(word)” is no request's id: `rialto deliveries list` shows them.")
        }
        return id
    }
}
