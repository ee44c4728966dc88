import ArgumentParser
import Domain
import Ledger
import Testing

@testable import Rialto

/// The owner's commands: their words, and the files that they are given.
@Suite struct ShopCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func document(_ text: String) throws -> JSONValue {
        try CommandFile.document(folder.write("document", text))
    }

    @Test("A document says the same in JSON and in YAML")
    func formats() throws {
        let json = try document(
            #"{"a": 5, "b": [true, null, "5"], "c": {"d": 1.5, "e": "2026-03-14T10:30:00Z"}, "f": -3}"#)
        let yaml = try document(
            """
            # by hand
            a: 5
            b: [true, null, "5"]
            c:
              d: 1.5
              e: 2026-03-14T10:30:00Z
            f: -3
            """)
        #expect(json == yaml)
        #expect(json["a"] == 5 && json["c"]?["d"] == .number(1.5) && json["b"]?.array == [true, nil, "5"])
    }

    @Test(
        "What is shown in YAML is read back as the same",
        arguments: [
            "5000", "true", "null", "~", "", "1e3", "a: b", "- x", "# no", "two\nlines", " space ", "größe", "'", "{",
            "0190f5c2-0000-7000-8000-000000000000", "10.0.0.0/8", "*", "&a", "!x", "yes", "12:30",
        ])
    func readBack(text: String) throws {
        let value: JSONValue = [
            "text": .string(text), "list": .array([.string(text), 5, .number(0.5), true, nil, [:], []]),
            "members": ["key": .string(text)],
        ]
        #expect(try document(YAMLText.render(value)) == value)
    }

    @Test(
        "What is no document is refused with the place",
        arguments: [
            ("a: [", "neither JSON nor YAML"), ("a: 1\na: 2", "stands twice in line"), ("", "empty"),
            ("? [a]\n: 1", "a key is a word"),
        ])
    func faults(text: String, words: String) throws {
        let refusal = #expect(throws: Refusal.self) { try document(text) }
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "")")
    }

    @Test("An item of the catalog is read with all its members, and nothing else")
    func items() throws {
        let written: JSONValue = [
            "id": "cat_quay", "sku": "quay", "name": "Quay", "category": "storage", "serviceType": "storage_service",
            "provider": "simulated", "priceMinor": 250, "periodMonths": 1, "traits": ["leastGb": 1],
            "managementCapabilities": ["storage:usage:get"], "description": "A quay.", "refundPolicy": "None.",
        ]
        let items = try CatalogDocument.items([written, written])
        #expect(items.count == 2 && items[0] == items[1])
        #expect(items[0].price.unit.minor == 250 && items[0].price.periodMonths == 1 && items[0].about == "A quay.")
        let refusal = #expect(throws: Refusal.self) { try CatalogDocument.items(["id": "cat_quay", "prce": 5]) }
        #expect(refusal?.message == "An item has no member prce.")
    }

    @Test("Commands take their words", arguments: [
        "account fund main 25.50 --reason gift --test", "agent-key add --account main --agent a --scope x --scope y",
        "policy set main -", "ledger export -", "ledger verify", "reconcile resolve P --found R --reason r",
        "reconcile resolve P --absent --reason r", "approvals list --state pending", "purchases list --status failed",
    ])
    func words(line: String) throws {
        _ = try RialtoCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test("What is missing or too much is told", arguments: [
        "account fund main 25", "agent-key add --agent a", "reconcile resolve P --reason r",
        "reconcile resolve P --found R --absent --reason r", "reconcile resolve P --absent",
        "approvals list --state maybe", "ledger verify FILE --account main", "purchases list --limit 0",
    ])
    func wrongWords(line: String) throws {
        #expect(throws: (any Error).self) {
            try RialtoCommand.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }
}

/// Whom a policy is for, in the order in which a word is looked up.
@Suite struct PolicySubjectTests {
    private func found(_ word: String, in account: String? = nil, of house: House) async throws -> String {
        let subject = try await PolicySubject.find(word, in: account, of: house)
        return "\(subject.account.name) \(subject.subject.text)"
    }

    @Test("An account comes before an agent, an agent before a key")
    func order() async throws {
        let house = try await Patient().house()
        _ = try await house.accounts.add(name: "port")
        let key = try await house.agentKeys.add(account: "main", agent: "buyer")
        _ = try await house.agentKeys.add(account: "main", agent: "port")
        #expect(try await found("port", of: house) == "port account")
        #expect(try await found("port", in: "main", of: house) == "main agent:port")
        #expect(try await found("buyer", of: house) == "main agent:buyer")
        #expect(try await found("port/agent:buyer", of: house) == "port agent:buyer")
        #expect(try await found(key.id.uuid, of: house) == "main key:\(key.id.uuid)")
        for (word, account) in [("nobody", nil), ("buyer", "port"), ("main", "main"), (key.id.uuid, "port")] {
            let refusal = await #expect(throws: Refusal.self) { try await found(word, in: account, of: house) }
            #expect(refusal?.reason == .notFound)
        }
        _ = try await house.agentKeys.add(account: "port", agent: "buyer")
        let refusal = await #expect(throws: Refusal.self) { try await found("buyer", of: house) }
        #expect(refusal?.reason == .conflict)
    }
}
