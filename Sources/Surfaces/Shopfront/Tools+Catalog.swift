import Domain
import Wire

/// Looking around, prices, and what would be allowed.
extension Tool {
    static let catalog = [
        catalogCategories, catalogSearch, catalogItem, checkoutRequirements, quoteCreate, quoteGet, policyEffective,
        policyCheck,
    ]

    private static let catalogCategories = Tool(
        "catalog_categories", .read, scope: Capability.catalogRead,
        "Lists the categories of the catalog and how many items each has. Begin here."
    ) { call in
        let categories = try await call.shop.categories()
        return .ok([
            "categories": .array(
                categories.map { ["name": .string($0.name), "itemCount": .integer(Int64($0.items))] })
        ])
    }

    private static let catalogSearch = Tool(
        "catalog_search", .read, scope: Capability.catalogRead,
        "Finds items to buy, by category and by letters of their name, sku or description.",
        [
            .optional("category", .text(longest: 100), "Only items of this category.", example: "domains"),
            .optional("q", .text(longest: 200), "Letters that the item has in its name, sku or description."),
            .limit, .cursor,
        ]
    ) { call in
        let input = call.input
        let (items, next) = try await call.shop.items(
            category: input.text("category"), query: input.text("q"), limit: input.limit, after: input.cursor)
        return .ok(Render.list("items", items.map(Render.item), next: next.map { PageMark.text($0) }))
    }

    private static let catalogItem = Tool(
        "catalog_item_get", .read, scope: Capability.catalogRead, "Shows one item of the catalog.", [.itemID]
    ) { call in
        .ok(["item": Render.item(try await call.shop.checkout(call.input.needed("catalogItemId")).item)])
    }

    private static let checkoutRequirements = Tool(
        "catalog_checkout_requirements", .read, scope: Capability.catalogRead,
        """
        Tells what configuration an item needs before it can be quoted, with a JSON Schema and an example that can \
        be sent to quote_create as it is.
        """, [.itemID]
    ) { call in
        .ok(Render.checkout(try await call.shop.checkout(call.input.needed("catalogItemId"))))
    }

    private static let quoteCreate = Tool(
        "quote_create", .write, keys: .honoured, scope: Capability.quoteWrite,
        """
        Gives a binding price for an item in its final configuration, and what the owner's policies would say of \
        buying it. It holds for a while and can be bought once.
        """,
        [
            .itemID, .quantity(isRequired: true), .configuration,
            .optional("clientReference", .text(longest: 200), "A name of your own for it."),
        ]
    ) { call in
        let (quote, preview, isRepeated) = try await call.shop.quote(
            call.input.quoteOrder(), for: call.buyer, key: call.key)
        return ToolAnswer(
            body: ["quote": .object(Render.quote(quote, preview: preview))], kind: .created, isRepeated: isRepeated)
    }

    private static let quoteGet = Tool(
        "quote_get", .read, scope: Capability.quoteWrite, "Shows a quote, and the purchase that it became.",
        [.required("quoteId", .id, "The quote, as quote_create answered it.")]
    ) { call in
        let quote = try await call.shop.quote(call.input.neededID("quoteId"), for: call.buyer)
        var object = Render.quote(quote)
        object["purchaseId"] = Render.id(quote.purchase)
        return .ok(["quote": .object(object)])
    }

    private static let policyEffective = Tool(
        "policy_effective_get", .read, scope: Capability.policyRead,
        "Shows the rules that hold for this key, by the layer that they come from, and what is left of its budgets."
    ) { call in
        .ok(Render.effective(try await call.shop.effectivePolicy(for: call.buyer)))
    }

    private static let policyCheck = Tool(
        "policy_check", .read, scope: Capability.policyRead,
        """
        Tells whether a purchase would be allowed, need approval or be denied, rule by rule, without buying or \
        holding anything. Name a quoteId, or an item with quantity and configuration.
        """, InputField.wish
    ) { call in
        .ok(Render.check(try await call.shop.check(call.input.wish(), for: call.buyer)))
    }
}

/// What is wished for.
extension InputField {
    static func quantity(isRequired: Bool) -> InputField {
        let shape = InputShape.integer(1...100)
        return isRequired
            ? .required("quantity", shape, "How many.", example: 1)
            : .optional("quantity", shape, "How many; needed with catalogItemId.", example: 1)
    }

    static let configuration = optional(
        "configuration", .free, "What catalog_checkout_requirements says that the item needs.",
        example: ["domainName": "launchpad.com", "periodYears": 1])

    /// Something that was quoted, or something as it is described.
    static let wish = [
        optional("quoteId", .id, "The quote to buy; then nothing else describes what is wanted."),
        optional(
            "catalogItemId", .text(longest: 200), "The item, where there is no quote.", example: "cat_domain_com"),
        quantity(isRequired: false), configuration,
    ]
}

extension ToolInput {
    func quoteOrder() throws(Refusal) -> Shop.QuoteOrder {
        guard let quantity = count("quantity") else { throw .invalid("quantity", "quantity is needed.") }
        return Shop.QuoteOrder(
            itemID: try needed("catalogItemId"), quantity: quantity,
            configuration: value("configuration").map { JSONValue($0) } ?? [:],
            clientReference: text("clientReference"))
    }

    func wish() throws(Refusal) -> Shop.Wish {
        guard value("quoteId") != nil else {
            guard value("catalogItemId") != nil else {
                throw .invalid("quoteId", "quoteId is needed, or catalogItemId with quantity and configuration.")
            }
            return .order(try quoteOrder())
        }
        if let other = ["catalogItemId", "quantity", "configuration"].first(where: { value($0) != nil }) {
            throw .invalid(other, "A quote says what it is for: leave \(other) out, or quoteId.")
        }
        return .quote(try neededID("quoteId"))
    }
}
