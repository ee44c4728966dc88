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

        @Option(help: "How many at most.") var limit = 50
        @Option(help: "Only those of this status.") var status: Run.Status?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit must be at least 1.") }
        }

        func run(in house: House) async throws -> Report {
            let names = try await house.accountNames()
            let runs = try await house.store.read { [limit, status] in try $0.runs(limit: limit, status: status) }
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
                if run.status == .running { run.answer = try Self.answerSoFar(of: id, in: rows) }
                return (run, try rows.eventCount(of: id))
            }
            return Report(Shown.wholeRun(run, try await house.accountNames(), eventCount: events))
        }

        private static func answerSoFar(of run: ID, in rows: any Transaction) throws -> String {
            try rows.events(of: run, after: -1, limit: .max).reduce(into: "") { answer, event in
                if case .text(let text) = event.kind { answer += text }
            }
        }
    }

    struct Cancel: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a run; its upstream is let go at once.")

        @Argument var run: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let id = try RunsCommand.id(run)
            let isCanceled = try await Runs.requestCancel(id, in: house.store)
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
