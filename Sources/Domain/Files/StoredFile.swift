/// An upload, its bytes kept in the store in chunks so that every server has them.
package struct StoredFile: Sendable, Equatable {
    package var id: ID
    package var account: ID
    package var principal: String
    package var filename: String
    package var mediaType: String
    package var bytes: Int
    package var createdAt: Timestamp
    /// False until its last byte has arrived; such a file does not exist for anyone.
    package var isComplete: Bool

    package init(
        id: ID, account: ID, principal: String, filename: String, mediaType: String,
        bytes: Int, createdAt: Timestamp, isComplete: Bool
    ) {
        self.id = id
        self.account = account
        self.principal = principal
        self.filename = filename
        self.mediaType = mediaType
        self.bytes = bytes
        self.createdAt = createdAt
        self.isComplete = isComplete
    }

    package static let chunkBytes = 256 * 1024

    /// What a model can be given of it.
    package enum Use: Sendable { case text, image }

    package var use: Use? {
        let type = mediaType.lowercased()
        if ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(type) { return .image }
        let texts = ["json", "xml", "yaml", "x-yaml", "csv"].map { "application/" + $0 }
        return type.hasPrefix("text/") || texts.contains(type) || type.hasSuffix("+json") || type.hasSuffix("+xml")
            ? .text : nil
    }
}
