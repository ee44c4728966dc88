import ArgumentParser
import Domain
import Wire

extension Approval.State: ExpressibleByArgument {
    package static var allValueStrings: [String] {
        [Self.pending, .approved, .rejected, .expired, .canceled].map(\.rawValue)
    }
}

/// `rialto approvals`: what a person has to agree to.
struct ApprovalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approvals", abstract: "List, show, approve and reject what waits for your word.",
        subcommands: [List.self, Show.self, Approve.self, Reject.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "List the newest approvals.")

        @OptionGroup var length: ListOptions
        @Option(help: "Only those of this state.") var state: Approval.State?
        @Option(help: "Only those of this account.") var account: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let own = try await house.account(ifNamed: account)
            let names = try await house.accountNames()
            let shop = try await house.shop()
            var rows: [JSON.Object] = []
            for approval in try await shop.approvals(of: own, state: state, limit: length.limit) {
                rows.append(Shown.approval(try await shop.wholeApproval(approval.id, of: approval.account), names))
            }
            return Report(
                rows, columns: ["id", "account", "agent", "item", "action", "total", "state", "expires_at"],
                none: "Nothing waits for your word.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is to be agreed to, and which rules asked.")

        @Argument(help: "Its id, as listed.") var id: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let approval = try await house.approval(id)
            let whole = try await house.shop().wholeApproval(approval.id, of: approval.account)
            return Report(wholeApproval: whole, try await house.accountNames())
        }
    }

    struct Approve: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to a purchase or an operation; a running server goes on with it at once.",
            discussion: "It is judged once more by the policies as they are now.")

        @Argument(help: "Its id, as listed.") var id: String
        @Option(help: "Why; it is kept.") var note: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.decide(id, isApproval: true, note: note)
        }
    }

    struct Reject: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Say no to it; money that was held is free again.")

        @Argument(help: "Its id, as listed.") var id: String
        @Option(help: "Why; it is kept.") var note: String?
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.decide(id, isApproval: false, note: note)
        }
    }
}

extension House {
    fileprivate func approval(_ word: String) async throws -> Approval {
        try await record(Approval.self, try ID(word, of: "approval", from: "approvals list"))
    }

    fileprivate func decide(_ word: String, isApproval: Bool, note: String?) async throws -> Report {
        let approval = try await approval(word)
        let decided = try await shop().decide(
            approval: approval.id, isApproval: isApproval, note: note, by: owner(of: approval.account))
        return Report(Shown.approval(decided, try await accountNames()))
    }
}
