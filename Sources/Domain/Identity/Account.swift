/// Whose it all is and who pays: every client, agent, conversation and run belongs to one.
package struct Account: Sendable, Equatable {
    package static let mainName = "main"

    package var id: ID
    package var name: String
    package var createdAt: Timestamp

    package init(id: ID, name: String, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }
}
