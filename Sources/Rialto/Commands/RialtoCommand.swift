import ArgumentParser
import Foundation
import Wire

/// The program: a verb, and what to do it to.
@main
struct RialtoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rialto",
        abstract: "One server in front of a team's agents.",
        discussion: "Start with `rialto serve`. Every command takes --data DIR or --store URL, --config FILE, --json.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, UpstreamCommand.self, AccountCommand.self, AgentCommand.self, ClientCommand.self,
            PATCommand.self, KeyCommand.self, KnowledgeCommand.self, TokenCommand.self, RunsCommand.self,
            DeliveriesCommand.self, AgentKeyCommand.self, OwnerKeyCommand.self, PolicyCommand.self,
            ApprovalsCommand.self, CatalogCommand.self, PurchasesCommand.self, LedgerCommand.self,
            ReconcileCommand.self, SigningKeyCommand.self, BackupCommand.self, MigrateCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        let words = CommandWords(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try parseAsRoot(words.normalised)
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
            leave(with: EXIT_SUCCESS)
        } catch {
            end(Outcome(of: error), isJSON: words.wantJSON)
        }
    }

    /// Help goes to standard output; everything else is one line on standard error.
    private static func end(_ outcome: Outcome, isJSON: Bool) -> Never {
        switch outcome.kind {
        case .help: Console.out(outcome.message)
        case .told: break
        case .failed:
            if isJSON { Console.out(outcome.json.render()) }
            Console.err("rialto: \(outcome.message)")
        }
        leave(with: outcome.code)
    }

    /// Ends the process without the libraries' own farewells: a store's threads may still be at work in one of them,
    /// and OpenSSL, under libpq, frees what they stand on.
    private static func leave(with code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
