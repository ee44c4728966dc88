/// One thing said in a conversation.
package struct Message: Sendable, Equatable, Codable {
    package enum Role: String, Sendable, Codable {
        case system, developer, user, assistant, tool
    }

    /// A piece of what was said.
    package enum Part: Sendable, Equatable, Codable {
        case text(String)
        /// An http(s) or data URL, passed to the model as it is.
        case image(url: String)
        /// An upload, read from the store when the model is asked.
        case file(id: ID)
        /// A file at an address; with the upload that it became, once it was fetched.
        case link(url: String, file: ID?)
    }

    package var role: Role
    package var parts: [Part]

    package init(role: Role, parts: [Part]) {
        self.role = role
        self.parts = parts
    }

    package init(_ role: Role, _ text: String) {
        self.init(role: role, parts: [.text(text)])
    }

    /// Of its texts and addresses in UTF-8; files are read later.
    var bytes: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .text(let text): sum + text.utf8.count
            case .image(let url), .link(let url, _): sum + url.utf8.count
            case .file: sum
            }
        }
    }

    /// The uploads among its parts.
    package var files: [ID] {
        parts.compactMap { part in
            switch part {
            case .file(let id): id
            case .link(_, let id): id
            case .text, .image: nil
            }
        }
    }

    package var text: String {
        parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}
