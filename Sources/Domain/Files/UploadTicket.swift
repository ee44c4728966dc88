/// A place for one file that is yet to come, named in a signed form.
package struct UploadTicket: Sendable, Equatable {
    /// Where the file goes.
    package enum Target: Sendable, Equatable {
        /// To questions that name it.
        case context
        /// Into a knowledge source, by its slug.
        case source(String)

        /// From what a column holds: a source's slug, or nothing.
        package init(slug: String) {
            self = slug.isEmpty ? .context : .source(slug)
        }
    }

    /// The file's id, once it has come.
    package var id: ID
    package var account: ID
    package var principal: String
    package var filename: String
    package var target: Target
    package var createdAt: Timestamp
    package var expiresAt: Timestamp
    package var isUsed = false

    package init(
        id: ID, account: ID, principal: String, filename: String, target: Target, createdAt: Timestamp,
        expiresAt: Timestamp
    ) {
        self.id = id
        self.account = account
        self.principal = principal
        self.filename = filename
        self.target = target
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }

    /// As a column holds it: a source's slug, or nothing.
    package var slug: String { if case .source(let slug) = target { slug } else { "" } }

    package var viewer: Knowledge.Viewer { Knowledge.Viewer(account: account, principal: principal) }
}
