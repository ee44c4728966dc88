/// What remembers. Entering is async; inside, a transaction is plain synchronous code.
package protocol Store: Sendable {
    /// A consistent view; sees every write that was answered before.
    func read<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer

    /// All or nothing, durable when it returns. `work` may run more than once, so it has no effects outside the
    /// transaction. One commit may carry several callers: an error thrown by `work` undoes only its own changes,
    /// an error of the storage itself fails every caller of that commit.
    func write<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer

    /// As `write`, before all who wait for their turn: for what others wait for in their turn.
    func writeFirst<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer

    /// As `write`, for those who would only wait for each other because they write the same rows, which are an
    /// account's: they may share a transaction. A refusal undoes only what its own caller wrote.
    func writeTogether<Answer: Sendable>(
        as account: ID, _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer

    /// Whether several servers may stand on it at once.
    var isShared: Bool { get }

    /// Tells the other servers on this store; returns at once, and may be lost.
    func announce(_ notice: Notice)

    /// Sets who is told what others announce, from whichever thread; must not block.
    func hear(_ told: @escaping @Sendable (Notice) -> Void)

    /// Whether the storage itself failed the newest write, and has taken none since.
    var isFailing: Bool { get }

    /// SQL statements run since the store was opened.
    var statementCount: Int64 { get }

    /// Finishes what is under way and lets go of the storage; what comes later is refused.
    func close() throws
}

/// Everything a backend must be able to do, by noun.
package protocol Transaction:
    AccountRows, AgentRows, UpstreamRows, ClientRows, APIKeyRows, SigningKeyRows, ConversationRows, RunRows,
    RunningRows, QueueRows, CallbackRows, RunSummaryRows, RunLogRows, CancelRows, LeaseRows, AttendanceRows,
    IdempotencyRows, FileRows, RetentionRows, RevisionRows, MasterKeyRows, TableRows, RealmRows, SourceRows,
    DocumentRows, PassageRows, PassageIndexRows, UploadTicketRows, RateRows, RecordRows, BookRows, BookEntryRows,
    ShopKeyRows, CatalogRows, SimulationRows
{}

/// A store of one server has nobody to talk to.
extension Store {
    package var isShared: Bool { false }
    package func announce(_ notice: Notice) {}
    package func hear(_ told: @escaping @Sendable (Notice) -> Void) {}
}

/// A store whose callers share each commit knows no turns.
extension Store {
    package func writeFirst<Answer: Sendable>(
        _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await write(work)
    }

    package func writeTogether<Answer: Sendable>(
        as account: ID, _ work: @escaping @Sendable (any Transaction) throws -> Answer
    ) async throws -> Answer {
        try await write(work)
    }
}

/// The accounts.
package protocol AccountRows {
    func insert(_ account: Account) throws
    func accounts() throws -> [Account]
}

/// The agents.
package protocol AgentRows {
    /// Gives the agent its number and returns it.
    func insert(_ agent: Agent) throws -> Agent
    func update(_ agent: Agent) throws
    /// In the order of their numbers.
    func agents() throws -> [Agent]
    func removeAgent(code: String) throws
}

/// The upstreams that the command line added.
package protocol UpstreamRows {
    /// Inserts it, or replaces the one of that name.
    func put(_ upstream: UpstreamSettings) throws
    func upstreams() throws -> [UpstreamSettings]
    func removeUpstream(named name: String) throws
}

/// The clients.
package protocol ClientRows {
    func insert(_ client: Client) throws
    func update(_ client: Client) throws
    func clients() throws -> [Client]
    func removeClient(id: String) throws
}

/// The keys of programs without tokens.
package protocol APIKeyRows {
    func insert(_ key: APIKey) throws
    func update(_ key: APIKey) throws
    /// In the order in which they were made.
    func apiKeys() throws -> [APIKey]
    func removeAPIKey(id: ID) throws
}

/// The keys that sign tokens.
package protocol SigningKeyRows {
    func insert(_ key: SigningKey) throws
    /// Newest first.
    func signingKeys() throws -> [SigningKey]
    func retireSigningKeys(at moment: Timestamp) throws
    func removeSigningKeys(retiredBefore moment: Timestamp) throws
}

/// The master key, where the store itself keeps it: one that servers share and were given no key for.
package protocol MasterKeyRows {
    func masterKey() throws -> [UInt8]?
    /// Keeps it, unless there is one.
    func keep(masterKey: [UInt8]) throws
}

/// The conversations.
package protocol ConversationRows {
    /// Inserts it, or moves the `updatedAt` of the one with its account and id.
    func touch(_ conversation: Conversation) throws
    func conversation(account: ID, id: String) throws -> Conversation?
    func conversations(_ page: ConversationPage) throws -> [Conversation]
    /// Newest first, with how many there are of them in all.
    func conversations(_ page: AgentPage) throws -> (rows: [Conversation], total: Int)
    /// Removes it with its runs and their events.
    func removeConversation(account: ID, id: String) throws
}

/// A part of a principal's conversations with one agent, by time of their beginning.
package struct AgentPage: Sendable {
    package var account: ID
    package var principal: String
    package var agent: String
    /// How many come before the first.
    package var offset: Int
    package var limit: Int

    package init(account: ID, principal: String, agent: String, offset: Int, limit: Int) {
        self.account = account
        self.principal = principal
        self.agent = agent
        self.offset = offset
        self.limit = limit
    }
}

/// A part of a principal's list of conversations, by time of their last message.
package struct ConversationPage: Sendable {
    package var account: ID
    package var principal: String
    package var limit: Int
    package var newestFirst: Bool
    /// The last row of the page before.
    package var after: (updatedAt: Timestamp, id: String)?

    package init(
        account: ID, principal: String, limit: Int, newestFirst: Bool, after: (updatedAt: Timestamp, id: String)?
    ) {
        self.account = account
        self.principal = principal
        self.limit = limit
        self.newestFirst = newestFirst
        self.after = after
    }
}

/// Promises that a key stands for one request.
package protocol IdempotencyRows {
    /// Records the claim, or returns the one that already stands under its principal, path and key.
    func claim(_ claim: IdempotencyClaim) throws -> IdempotencyClaim?
    /// What a key stands for, if it does.
    func subject(ofKey key: String, principal: String, path: String) throws -> ID?
    /// Removes up to `limit` claims made before a moment, but none of the shop's: what was paid for once is never paid
    /// for again. Returns how many.
    func forgetClaims(before moment: Timestamp, limit: Int) throws -> Int
}

/// Uploads and their bytes.
package protocol FileRows {
    func insert(_ file: StoredFile) throws
    func complete(_ file: StoredFile) throws
    func file(id: ID) throws -> StoredFile?
    func append(chunk: [UInt8], number: Int, to file: ID) throws
    func bytes(of file: ID) throws -> [UInt8]
    func removeFile(id: ID) throws
}

/// Forgetting what is past its time.
package protocol RetentionRows {
    /// Removes the events of up to `limit` runs that ended before a moment and raises their floors; returns how many.
    func trimEvents(endedBefore moment: Timestamp, limit: Int) throws -> Int
    /// Removes up to `limit` files made before a moment, or never completed since another; returns how many.
    func removeFiles(before moment: Timestamp, incompleteBefore: Timestamp, limit: Int) throws -> Int
}

/// The change counter of the configuration.
package protocol RevisionRows {
    /// A number that every change of the configuration raises, so that servers notice it.
    func revision() throws -> Int64
    func raiseRevision() throws
}
