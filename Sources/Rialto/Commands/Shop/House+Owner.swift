import Domain

/// Whoever sits at the command line is the owner of every account.
extension House {
    /// - Throws: `notFound` for a name that is none.
    func account(named name: String) async throws -> Account {
        guard let account = try await accounts.list().first(where: { $0.name == name }) else {
            throw Refusal(.notFound, "There is no account “\(name)”.", field: "account")
        }
        return account
    }

    /// `owner:cli`, as events and transfers name it.
    func owner(of account: ID, isTest: Bool = false) -> Buyer {
        Buyer(account: account, role: .owner(key: nil), scopes: Set(Capability.all), isTest: isTest)
    }

    func owner(of name: String, isTest: Bool = false) async throws -> Buyer {
        owner(of: try await account(named: name).id, isTest: isTest)
    }

    /// A record of whichever account.
    func record<Record: ShopRecord>(_: Record.Type, _ id: ID) async throws -> Record {
        guard let record = try await store.read({ try $0.find(Record.self, id) }) else {
            throw Refusal(.notFound, "There is no \(Record.kind) \(id).", field: "id")
        }
        return record
    }
}

extension ID {
    /// From a word of the command line.
    /// - Parameters:
    ///   - thing: what it is the id of, such as “purchase”.
    ///   - list: the command that shows such ids.
    init(_ word: String, of thing: String, from list: String) throws(Refusal) {
        guard let id = ID(uuid: word) else {
            throw .invalid("id", "“\(word)” is no id of a \(thing): `rialto \(list)` shows them.")
        }
        self = id
    }
}
