import Domain
import Foundation
import Wire

/// What a server says on standard output once it is ready: where it is, what was made, and two lines to paste.
struct Welcome: Sendable {
    private let house: House
    /// The option that a command has to be given to read the same config.
    private let config: String?
    private let made: [Clients.Credentials]

    init(_ house: House, config: String?, made: [Clients.Credentials]) {
        self.house = house
        self.config = config
        self.made = made
    }

    /// Where clients ask.
    private var url: String { house.settings.publicURL }

    func text(isJSON: Bool) async -> String {
        isJSON ? json.render() : ([ready] + secrets + lines).joined(separator: "\n")
    }

    private var json: JSON {
        [
            "url": .string(house.settings.localURL), "public_url": .string(url),
            "made": .array(made.map { .object(Shown.credentials($0)) }),
        ]
    }

    private var ready: String {
        let local = house.settings.localURL
        return "Rialto is ready on \(local)" + (local == url ? "" : "\nand is known to the outside as \(url)")
    }

    /// What is shown this once; nothing on later starts.
    var secrets: [String] {
        guard !made.isEmpty else { return [] }
        let clients = house.directory.snapshot.clients
        let rows = made.map { [clients[$0.clientID]?.edition.rawValue ?? "", $0.clientID, $0.secret] }
        let table = Table.render(rows).split(separator: "\n").map { "  \($0)" }
        return ["", "Made on this first start; the secrets are shown this once:"] + table
    }

    private var lines: [String] {
        guard let client = askingClient else {
            return ["", "Add a client: rialto client add NAME --edition saas"] + buying
        }
        return ["", "Get a token:", token(for: client), "", "Ask \(name(of: client)):", chat(for: client)] + buying
    }

    private var buying: [String] {
        let words = ["agent-key", "add", "--account", Account.mainName, "--agent", "shopper"]
        return ["", "Give an agent a key to buy with, within limits that you set:", command(words)]
    }

    private var askingClient: Client? {
        let clients = house.directory.snapshot.clients
        return clients[FirstStart.marketplaceClient]
            ?? clients.values.filter { $0.edition != .stackspot }.min { $0.id < $1.id }
    }

    /// The guide where the client may use it; it needs no model.
    private func agent(for client: Client) -> Agent? {
        let agents = house.directory.snapshot.agents.filter(client.mayUse)
        return agents.first { $0.code == Agent.guideCode } ?? agents.first
    }

    private func name(of client: Client) -> String {
        agent(for: client).map { $0.code == Agent.guideCode ? "the guide" : "“\($0.name)”" } ?? "an agent"
    }

    private func token(for client: Client) -> String {
        guard let secret = made.first(where: { $0.clientID == client.id })?.secret else {
            return tokenByCommand(client)
        }
        let body: JSON = ["client_id": .string(client.id), "client_secret": .string(secret)]
        return "TOKEN=$(curl -s -X POST \(url)/api/v1/auth/external-service-token -H 'Content-Type: application/json'"
            + " -d '\(body.render())' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')"
    }

    private func tokenByCommand(_ client: Client) -> String {
        "TOKEN=$(\(command(["token", client.id])))"
    }

    /// This program on this data, as a shell takes it.
    private func command(_ words: [String]) -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "rialto"
        let config = config.map { ["--config", URL(filePath: $0).path] } ?? []
        let options = house.place.options
        // A URL with a password in it is not shown: whoever pastes this has it in a variable.
        let store = options.isEmpty ? " --store \"$RIALTO_STORE_URL\"" : ""
        return ([program] + words + options + config).map(Self.quoted).joined(separator: " ") + store
    }

    private func chat(for client: Client) -> String {
        let path = client.edition == .marketplace ? "/api/v1" : "/v1"
        let body: JSON = [
            "model": "AGENTIC STAR", "stream": true, "agentId": .string(agent(for: client)?.code ?? Agent.guideCode),
            "messages": [["role": "user", "content": "What is Rialto?"]],
        ]
        return "curl -N -X POST \(url)\(path)/chat/completions -H \"Authorization: Bearer $TOKEN\""
            + " -H 'Content-Type: application/json' -d '\(body.render())'"
    }

    /// As a shell reads it back.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:@%+,".contains($0))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
