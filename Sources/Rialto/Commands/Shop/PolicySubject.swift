import Domain

/// Whom a policy is for, as a person names them.
struct PolicySubject: Sendable {
    private static let agentMark = "/agent:"

    let account: Account
    let subject: PolicyVersion.Subject
    /// `the account main`
    let words: String

    /// Looks for what a word names, in this order: `ACCOUNT/agent:LABEL`, which need not have a key yet; an account's
    /// name; an agent's label, if it is of one account alone; the id of an agent key.
    /// - Parameter account: where it is looked for, if it is named: then the word is no account's name.
    /// - Throws: `notFound`, or `conflict` for a label of several accounts.
    static func find(_ word: String, in account: String?, of house: House) async throws -> PolicySubject {
        let accounts = try await house.accounts.list()
        if let account, !accounts.contains(where: { $0.name == account }) {
            throw Refusal(.notFound, "There is no account “\(account)”.", field: "account")
        }
        let near = accounts.filter { account == nil || $0.name == account }
        if let named = agent(word, of: near) { return named }
        if account == nil, let own = accounts.first(where: { $0.name == word }) {
            return PolicySubject(account: own, subject: .account, words: "the account \(own.name)")
        }
        let keys = try await house.agentKeys.list()
        let owners = near.filter { own in keys.contains { $0.account == own.id && $0.agent == word } }
        guard owners.count < 2 else {
            let names = owners.map(\.name).joined(separator: ", ")
            throw Refusal(
                .conflict, "Several accounts have an agent “\(word)” (\(names)): say which with --account.",
                field: "subject")
        }
        if let own = owners.first { return PolicySubject(agent: word, of: own) }
        if let id = ID(uuid: word), let key = keys.first(where: { $0.id == id }),
            let own = near.first(where: { $0.id == key.account })
        {
            return PolicySubject(
                account: own, subject: .key(id), words: "the key \(id) of the agent \(key.agent) of \(own.name)")
        }
        throw Refusal(
            .notFound,
            "“\(word)” is no account, no agent and no agent key. An agent that has no key yet is written "
                + "ACCOUNT\(agentMark)LABEL.", field: "subject")
    }

    private static func agent(_ word: String, of accounts: [Account]) -> PolicySubject? {
        guard let mark = word.firstRange(of: agentMark) else { return nil }
        let (name, label) = (word[..<mark.lowerBound], String(word[mark.upperBound...]))
        guard !label.isEmpty, let own = accounts.first(where: { $0.name == name }) else { return nil }
        return PolicySubject(agent: label, of: own)
    }

    private init(account: Account, subject: PolicyVersion.Subject, words: String) {
        self.account = account
        self.subject = subject
        self.words = words
    }

    private init(agent label: String, of account: Account) {
        self.init(account: account, subject: .agent(label), words: "the agent \(label) of \(account.name)")
    }
}
