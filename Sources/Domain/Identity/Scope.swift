/// What a token is good for, by the names clients ask for.
package enum Scope {
    package static let openid = "openid"
    package static let chat = "chat:exec"
    /// Every scope a client can be given.
    package static let all = [openid, chat, "mcp:all", "a2a:all", "mcp:exec", "a2a:exec"]

    package static func standard(for edition: Client.Edition) -> [String] {
        switch edition {
        case .marketplace: [openid]
        case .saas, .stackspot: [chat]
        }
    }

    /// A Marketplace token says only `openid`, and may chat.
    package static func allowsChat(_ scopes: Set<String>) -> Bool {
        scopes.contains(chat) || scopes.contains(openid)
    }
}
