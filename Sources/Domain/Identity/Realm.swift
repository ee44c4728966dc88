/// The name under which programs of an account get their tokens, in StackSpot's API. A realm belongs to one account.
package struct Realm: Sendable, Equatable {
    package var name: String
    package var account: ID
    package var createdAt: Timestamp

    package init(name: String, account: ID, createdAt: Timestamp) {
        self.name = name
        self.account = account
        self.createdAt = createdAt
    }

    /// As an agent's code: it stands at the beginning of a path.
    package static func check(name: String) throws(Refusal) {
        guard Agent.isPlain(name), !Agent.literals.contains(name), !literals.contains(name) else {
            throw .invalid(
                "realm",
                "“\(name)” is no realm: use 1 to 64 of a-z, 0-9, _ and -, and no word of the server's own paths.")
        }
    }

    private static let literals: Set<String> = ["v2", "v4", "uploads"]
}
