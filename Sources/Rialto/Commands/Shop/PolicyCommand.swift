import ArgumentParser
import Domain
import Wire

/// `rialto policy`: what may be bought, and what a person is asked first.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Show, set and try policies: what agents may buy.",
        subcommands: [Show.self, Set.self, Simulate.self])

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the policies of an account, its agents and keys, and how far their budgets are used.")

        @Argument(help: "Whose policies.") var account: String
        @Flag(help: "Show how far budgets of play money are used.") var test = false
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(named: account).id
            let shop = house.shop()
            var policies: [(PolicyVersion, [BudgetStanding])] = []
            for version in try await shop.policies(of: own).sorted(by: { $0.subject < $1.subject }) {
                let buyer = try await house.buyer(under: version, isTest: test)
                let layer = PolicyVersion.Subject(text: version.subject)?.layer
                let budgets = try await shop.effectivePolicy(for: buyer).budgets.filter { $0.layer == layer }
                policies.append((version, budgets))
            }
            return Report(policies: policies, of: account)
        }
    }

    struct Set: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the policy of an account, an agent or a key; it counts at once.",
            discussion: PolicyCommand.subjects)

        @Argument(help: "Whose policy.") var subject: String
        @Argument(help: "The policy in JSON or YAML; - reads standard input.") var file: String
        @Option(help: "Whose agent or key it is.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let found = try await PolicySubject.find(subject, in: account, of: house)
            let set = try await house.shop().setPolicy(
                CommandFile.document(file), of: found.subject, by: house.owner(of: found.account.id))
            let first = "Set version \(set.version.number) of the policy of \(found.words)."
            return Report(
                json: [
                    "account": .string(found.account.name), "subject": .string(set.version.subject),
                    "version": .integer(set.version.number), "id": .string(set.version.id.uuid),
                    "warnings": .array(set.warnings.map { .string($0) }),
                ],
                text: ([first] + set.warnings.map { "Warning: \($0)" }).joined(separator: "\n"))
        }
    }

    struct Simulate: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which purchases so far a policy would have judged otherwise; nothing changes.",
            discussion: PolicyCommand.subjects)

        @Argument(help: "Whose policy it would be.") var subject: String
        @Argument(help: "The policy in JSON or YAML; - reads standard input.") var file: String
        @Option(help: "Whose agent or key it is.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let found = try await PolicySubject.find(subject, in: account, of: house)
            let simulation = try await house.shop().simulate(
                CommandFile.document(file), of: found.subject, account: found.account.id)
            return Report(simulation, of: found)
        }
    }

    private static let subjects =
        "The subject is ACCOUNT/agent:LABEL, an account's name, an agent's label or a key's id, whichever of these "
        + "it is first; with --account it is an agent or a key of that account."
}

extension House {
    /// Somebody who is under a policy, and so sees its budgets.
    fileprivate func buyer(under version: PolicyVersion, isTest: Bool) async throws -> Buyer {
        var buyer = owner(of: version.account, isTest: isTest)
        switch PolicyVersion.Subject(text: version.subject) {
        case .account, nil: break
        case .agent(let label): buyer.role = .renewal(agent: label, key: nil)
        case .key(let id):
            let key = try await agentKeys.list(of: version.account).first { $0.id == id }
            buyer.role = .renewal(agent: key?.agent, key: id)
        }
        return buyer
    }
}
