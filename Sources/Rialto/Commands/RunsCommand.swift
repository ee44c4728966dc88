import ArgumentParser
import Domain
import Wire

extension Run.Status: ExpressibleByArgument {}

/// `rialto runs`: questions and what became of them.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List, show and cancel runs.",
        subcommands: [List.self, Show.self, Cancel.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest runs.")

        @OptionGroup var length: ListOptions
        @Option(help: "Only those of this status.") var status: Run.Status?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            let runs = try await house.store.read { [limit = length.limit, status] rows in
                try rows.summaries(limit: limit, status: status)
            }
            return Report(
                runs.map { Shown.run($0, names) },
                columns: ["id", "agent", "status", "finish_reason", "created_at", "ended_at"],
                none: "There are no runs.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Show a run with its answer.")

        @Argument var run: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let id = try RunsCommand.id(run)
            let (run, events) = try await house.store.read { rows in
                guard var run = try rows.run(id: id) else {
                    throw Refusal(.notFound, "There is no run \(id).", field: "run")
                }
                if !run.status.isOver { try rows.eachEvent(of: id) { run.hear($0) } }
                return (run, try rows.eventCount(of: id))
            }
            return Report(Shown.wholeRun(run, try await house.accountNames(), eventCount: events))
        }
    }

    struct Cancel: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a run; its upstream is let go at once.")

        @Argument var run: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let id = try RunsCommand.id(run)
            let isCanceled = try await Runs.requestCancel(id, at: house.world.now(), in: house.store)
            return Report(
                json: ["id": .string(id.uuid), "canceled": .bool(isCanceled)],
                text: isCanceled ? "Canceled \(id)." : "\(id) had ended before.")
        }
    }

    static func id(_ word: String) throws(Refusal) -> ID {
        guard let id = ID(uuid: word) else {
            throw .invalid("run", "“\(word)” is no run's id: `rialto runs list` shows them.")
        }
        return id
    }
}
