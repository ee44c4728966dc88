extension ChatCompletions {
    /// One question to a model, in the shape every chat-completions server knows.
    package struct Request: Equatable, Sendable {
        package var model: String
        package var messages: [Message]
        package var stream = false
        package var includeUsage = false
        package var temperature: Double?
        package var maxTokens: Int?
        package var stop: [String] = []
        package var user: String?
        package var metadata: JSON.Object?
        package var tools: [JSON] = []
        package var toolChoice: JSON?
        /// The request as it was parsed, for a dialect's own members; empty in a request made here, and never sent.
        package var raw = JSON.Object()

        package init(model: String, messages: [Message]) {
            self.model = model
            self.messages = messages
        }
    }

    /// Who said a message.
    package enum Role: String, Equatable, Sendable, CaseIterable {
        case system, developer, user, assistant, tool
    }

    /// One thing said in a conversation.
    package struct Message: Equatable, Sendable {
        package var role: Role
        package var content: [Part]
        package var name: String?
        package var toolCalls: [JSON] = []
        package var toolCallID: String?

        package init(role: Role, content: [Part]) {
            self.role = role
            self.content = content
        }

        package init(role: Role, text: String) {
            self.init(role: role, content: [.text(text)])
        }

        /// Every text part, one after the other.
        package var text: String {
            content.compactMap(\.text).joined()
        }
    }

    /// A piece of a message's content.
    package enum Part: Equatable, Sendable {
        case text(String)
        /// An address, or the picture itself as a `data:` URL.
        case imageURL(String)
        /// A part of a kind this house does not know, as it came.
        case other(JSON)

        package var text: String? {
            guard case .text(let text) = self else { return nil }
            return text
        }
    }
}
