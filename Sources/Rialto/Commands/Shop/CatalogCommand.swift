import ArgumentParser
import Domain
import Ledger
import Wire

/// `rialto catalog`: what is sold.
struct CatalogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalog", abstract: "List, show, add, disable and enable what is sold.",
        discussion: "The catalog is the same for all accounts; a running server notices changes within a second.",
        subcommands: [List.self, Show.self, Add.self, Disable.self, Enable.self])

    struct List: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "List all items, also those that are not sold any more.")

        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let provisioners = house.provisioners
            return Report(
                house.shop().catalog.map { Shown.item($0, of: provisioners) },
                columns: ["id", "category", "name", "price", "period_months", "reality", "disabled"],
                none: "There is nothing in the catalog.")
        }
    }

    struct Show: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an item, and what its configuration must look like.")

        @Argument(help: "Its id, as listed.") var item: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try house.shown(item)
        }
    }

    struct Add: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add items, or change those of the same ids.",
            discussion: "The file is JSON or YAML: one item or a list of them, with the members id, sku, name, "
                + "description, category, serviceType, provider, priceMinor (cents), periodMonths, traits, "
                + "managementCapabilities and refundPolicy.")

        @Argument(help: "The file; - reads standard input.") var file: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            let items = try CatalogDocument.items(CommandFile.document(file))
            let (shop, owner) = (house.shop(), try await house.storekeeper())
            for item in items { try await shop.put(item: item, by: owner) }
            let provisioners = house.provisioners
            return Report(
                items.map { Shown.item($0, of: provisioners) },
                columns: ["id", "category", "name", "price", "reality", "disabled"], none: "The file has no items.")
        }
    }

    struct Disable: HouseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sell an item no more; services that were bought go on.")

        @Argument(help: "Its id, as listed.") var item: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.setDisabled(item, to: true)
        }
    }

    struct Enable: HouseCommand {
        static let configuration = CommandConfiguration(abstract: "Sell an item again.")

        @Argument(help: "Its id, as listed.") var item: String
        @OptionGroup var place: DataOptions
        @OptionGroup var output: OutputOptions

        func run(in house: House) async throws -> Report {
            try await house.setDisabled(item, to: false)
        }
    }
}

extension House {
    /// The catalog is nobody's; who changes it is told among the events of the first account.
    fileprivate func storekeeper() async throws -> Buyer {
        let accounts = try await accounts.list()
        guard let first = accounts.first(where: { $0.name == Account.mainName }) ?? accounts.first else {
            throw Refusal(.notFound, "There is no account yet: run `rialto account add NAME` first.")
        }
        return owner(of: first.id)
    }

    fileprivate func setDisabled(_ item: String, to isDisabled: Bool) async throws -> Report {
        try await shop().setDisabled(item: item, to: isDisabled, by: storekeeper())
        return Report(
            json: ["id": .string(item), "disabled": .bool(isDisabled)],
            text: isDisabled ? "\(item) is sold no more." : "\(item) is sold again.")
    }

    fileprivate func shown(_ id: String) throws -> Report {
        guard let item = shop().catalog.first(where: { $0.id == id }) else {
            throw Refusal(.notFound, "There is no item “\(id)”: `rialto catalog list` shows them.", field: "item")
        }
        let known = provisioners.first { $0.kind == item.provisioner }
        return Report(wholeItem: item, needs: known?.requirements(of: item), of: provisioners)
    }
}

/// Items of the catalog as an operator writes them.
enum CatalogDocument {
    private static let names = [
        "id", "sku", "name", "description", "category", "serviceType", "provider", "priceMinor", "periodMonths",
        "traits", "managementCapabilities", "refundPolicy",
    ]

    /// One item, or a list of them.
    static func items(_ document: JSONValue) throws(Refusal) -> [CatalogItem] {
        var items: [CatalogItem] = []
        for element in document.array ?? [document] { items.append(try item(element)) }
        return items
    }

    private static func item(_ document: JSONValue) throws(Refusal) -> CatalogItem {
        guard let members = document.object else { throw .invalid("file", "An item is an object with members.") }
        for name in members.keys.sorted() where !names.contains(name) {
            let guess = NearestName.to(name, among: names).map { "; did you mean \($0)?" } ?? "."
            throw .invalid(name, "An item has no member \(name)\(guess)")
        }
        var item = CatalogItem(
            id: try text(document, "id"), sku: try text(document, "sku"), name: try text(document, "name"),
            about: document["description"] == nil ? "" : try text(document, "description"),
            category: try text(document, "category"), serviceType: try text(document, "serviceType"),
            provisioner: try text(document, "provider"), price: try price(document),
            traits: document["traits"] ?? .null)
        for capability in try list(document, "managementCapabilities") {
            guard let word = capability.string else {
                throw .invalid("managementCapabilities", "managementCapabilities are texts.")
            }
            item.capabilities.append(word)
        }
        if document["refundPolicy"] != nil { item.refundPolicy = try text(document, "refundPolicy") }
        return item
    }

    private static func price(_ document: JSONValue) throws(Refusal) -> ItemPrice {
        guard let cents = document["priceMinor"]?.integer, let unit = Money(minor: cents) else {
            throw .invalid("priceMinor", "priceMinor is the price of one, or of one period, in whole cents.")
        }
        guard let value = document["periodMonths"] else { return ItemPrice(unit: unit) }
        guard let months = value.integer, (1...120).contains(months) else {
            throw .invalid("periodMonths", "periodMonths is a number from 1 to 120.")
        }
        return ItemPrice(unit: unit, periodMonths: Int(months))
    }

    private static func text(_ document: JSONValue, _ name: String) throws(Refusal) -> String {
        guard let text = document[name]?.string, !text.isEmpty else {
            throw .invalid(name, "\(name) is missing, or is no text.")
        }
        return text
    }

    private static func list(_ document: JSONValue, _ name: String) throws(Refusal) -> [JSONValue] {
        guard let value = document[name] else { return [] }
        guard let list = value.array else { throw .invalid(name, "\(name) is a list.") }
        return list
    }
}
