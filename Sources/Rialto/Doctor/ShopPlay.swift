import Domain
import NIOCore
import Wire

/// The doctor in the role of an agent that shops with play money: looks at the catalog, asks for a price and for what
/// the policies say of it, and looks into the wallet. It buys nothing, and its key ends with it.
struct ShopPlay: Sendable {
    private static let name = "agent store key"
    private static let agent = "rialto-doctor"
    private static let base = "/v1/agent"

    let house: House

    init(_ house: House) {
        self.house = house
    }

    func finding(_ caller: Caller) async -> Finding {
        guard let account = house.guide?.account ?? house.directory.snapshot.accounts.values.first else {
            return .note(Self.name, "Not played: there is no account.")
        }
        guard let item = house.shop().catalog.first(where: isPlayed) else {
            return .note(Self.name, "Not played: nothing in the catalog is simulated.")
        }
        do {
            let made = try await house.agentKeys.add(account: account.name, agent: Self.agent, isTest: true)
            let problem = await problem(caller, item, .token(made.key))
            try await house.agentKeys.revoke(id: made.id.uuid)
            guard let problem else {
                return .ok(Self.name, "A test key got a price for \(item.id), what the policies say, and its wallet.")
            }
            return .wrong(
                Self.name, "A test key shopped at \(caller.url)\(Self.base): \(problem).",
                mend: "Look at the server's log.")
        } catch {
            return .wrong(
                Self.name, "An agent key could not be made: \(Doctor.words(error)).", mend: "Look at the store first.")
        }
    }

    /// Storage is never sold out.
    private func isPlayed(_ item: CatalogItem) -> Bool {
        item.serviceType == "storage_service" && item.provisioner == "simulated" && !item.isDisabled
    }

    /// A clause that says what went wrong, or nil.
    private func problem(_ caller: Caller, _ item: CatalogItem, _ key: Caller.Proof) async -> String? {
        do {
            let needs = try await caller.get("\(Self.base)/catalog/items/\(item.id)/checkout", proof: key)
            guard let wish = needs.json?["example"], wish["catalogItemId"]?.string == item.id else {
                return "the catalog does not say how \(item.id) is bought" + Self.words(of: needs)
            }
            let quoted = try await caller.post("\(Self.base)/quotes", wish.render(), proof: key)
            guard let quote = quoted.json?["quote"], let id = quote["id"], quote["totalPriceMinor"]?.integer != nil
            else {
                return "there is no price" + Self.words(of: quoted)
            }
            let asked: JSON = ["quoteId": id]
            let checked = try await caller.post("\(Self.base)/policies/check", asked.render(), proof: key)
            guard checked.json?["decision"] != nil else {
                return "the policies do not say what they would" + Self.words(of: checked)
            }
            let wallet = try await caller.get("\(Self.base)/wallet", proof: key)
            guard wallet.json?["availableMinor"]?.integer != nil else {
                return "there is no wallet" + Self.words(of: wallet)
            }
            return nil
        } catch {
            return Doctor.words(error)
        }
    }

    private static func words(of answer: Caller.Answer) -> String {
        let message = answer.json?["error"]?["message"]?.string ?? String(answer.text.prefix(200))
        return " (\(answer.status)): \(message)"
    }
}
