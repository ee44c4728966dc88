/// A file of a knowledge source, on its way to passages that can be found. Its id is the file's.
package struct Document: Sendable, Equatable {
    /// How far it has come.
    package enum Status: String, Sendable, CaseIterable {
        case pending, splitted, indexed, failed
    }

    /// What is to be done with it next.
    package enum Task: String, Sendable, CaseIterable {
        case nothing, split, index
    }

    package var id: ID
    package var account: ID
    package var source: ID
    package var name: String
    package var mediaType: String
    package var bytes: Int
    /// SHA-256 of its bytes; empty before the last has come.
    package var digest: [UInt8]
    package var splitting: Splitting
    package var status: Status = .pending
    package var task: Task = .nothing
    /// Whether its passages are indexed as soon as they are there.
    package var isIndexedOnceSplit = false
    /// How many passages it has, and how many of them are indexed.
    package var passages = 0
    package var indexed = 0
    /// Why it came to nothing.
    package var failure: String?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Until then it is kept by whoever took it to work on it, who knows it by this.
    package var takenUntil = Timestamp(milliseconds: 0)

    package init(
        id: ID, account: ID, source: ID, name: String, mediaType: String, bytes: Int, digest: [UInt8] = [],
        splitting: Splitting = .usual, createdAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.source = source
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
        self.digest = digest
        self.splitting = splitting
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    /// 0 to 1.
    package var progress: Double {
        switch status {
        case .indexed: 1
        case .pending, .failed: 0
        case .splitted: passages == 0 ? 0 : Double(indexed) / Double(passages)
        }
    }
}
