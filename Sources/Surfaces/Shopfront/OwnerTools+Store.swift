import Domain
import Ledger
import Wire

/// What only owners do: what is sold, by whom, and what nobody knows the effect of.
extension Tool {
    static let ownerStore = [
        owner("account_catalog_list", "Lists all items, also those that are not sold any more.") { call in
            try await call.front.directory.refresh()
            return .ok(["items": .array(call.shop.catalog.map(Render.ownItem))])
        },
        owner(
            "account_catalog_put", effect: .write, "Adds an item to the catalog, or changes one.", InputField.ownItem
        ) { call in
            let item = try call.item()
            try await call.shop.put(item: item, by: call.buyer)
            return ToolAnswer(body: ["item": Render.ownItem(item)], kind: .created)
        },
        owner("account_catalog_disable", effect: .write, "Sells an item no more.", [.itemID]) { call in
            try await call.setDisabled(true)
        },
        owner("account_catalog_enable", effect: .write, "Sells an item again.", [.itemID]) { call in
            try await call.setDisabled(false)
        },
        owner("account_provider_list", "Lists where bought things come from, and how real they are.") { call in
            .ok([
                "providers": .array(
                    call.shop.provisioners.map {
                        [
                            "kind": .string($0.kind), "name": .string($0.name),
                            "reality": .string($0.reality.rawValue),
                        ]
                    })
            ])
        },
        owner(
            "account_reconciliation_list", "Lists purchases that nobody knows the effect of, the oldest first."
        ) { call in
            let purchases = try await call.shop.reconciling(of: call.buyer.account)
            return .ok(["purchases": .array(purchases.map(call.render))])
        },
        owner(
            "account_reconciliation_resolve", effect: .money,
            "Says what became of such a purchase: what was brought, by the provider's name for it, or nothing.",
            [
                .purchaseID,
                .optional("resourceId", .text(longest: 500), "The provider's name for it, if it was brought."),
                .required("reason", .text(longest: 1000), "How it was found out; it is kept."),
            ]
        ) { call in
            let id = try call.input.neededID("purchaseId")
            let (known, _) = try await call.shop.purchase(id, for: call.buyer)
            let found = call.input.text("resourceId").map {
                ResourceRef(provisioner: known.quote.item.provisioner, id: $0)
            }
            let purchase = try await call.shop.resolve(
                purchase: id, found: found, why: call.input.needed("reason"), by: call.buyer)
            return .ok(["purchase": call.render(purchase)])
        },
    ]
}

extension InputField {
    fileprivate static let ownItem: [InputField] = [
        .required("id", .text(longest: 64), "cat_ and then letters, digits and _.", example: "cat_vps_large"),
        .required("sku", .text(longest: 100), "Its stock number.", example: "vps-large-monthly"),
        .required("name", .text(longest: 200), "Its name.", example: "VPS Large"),
        .optional("description", .text(longest: 2000), "What it is."),
        .required("category", .matching("[a-z0-9_]+", longest: 40), "Its category.", example: "compute"),
        .required("serviceType", .text(longest: 40), "What kind of service comes of it.", example: "server"),
        .required("provider", .text(longest: 100), "Which provider has it, by its kind.", example: "simulated"),
        .required(
            "priceMinor", .integer(0...100_000_000_000), "For one of it or one period, in cents.", example: 9600),
        .optional("periodMonths", .integer(1...120), "How long a period is; none for what is bought once."),
        .optional("traits", .free, "What its provider needs to know."),
        .optional("managementCapabilities", .list(.text(longest: 64), most: 100), "What can be done with it."),
        .optional("refundPolicy", .text(longest: 1000), "In words."),
    ]
}

extension ToolCall {
    fileprivate func item() throws(Refusal) -> CatalogItem {
        var item = CatalogItem(
            id: try input.needed("id"), sku: try input.needed("sku"), name: try input.needed("name"),
            about: input.text("description") ?? "", category: try input.needed("category"),
            serviceType: try input.needed("serviceType"), provisioner: try input.needed("provider"),
            price: ItemPrice(
                unit: try input.minor("priceMinor") ?? .zero, periodMonths: input.count("periodMonths")),
            traits: input.value("traits").map { JSONValue($0) } ?? .null,
            capabilities: input.texts("managementCapabilities") ?? [])
        item.refundPolicy = input.text("refundPolicy") ?? item.refundPolicy
        return item
    }

    fileprivate func setDisabled(_ isDisabled: Bool) async throws -> ToolAnswer {
        let id = try input.needed("catalogItemId")
        try await shop.setDisabled(item: id, to: isDisabled, by: buyer)
        return .ok(["catalogItemId": .string(id), "disabled": .bool(isDisabled)])
    }
}

extension Render {
    /// With what only owners are told.
    fileprivate static func ownItem(_ item: CatalogItem) -> JSON {
        guard case .object(var object) = self.item(item) else { return .null }
        object["provider"] = .string(item.provisioner)
        object["traits"] = value(item.traits)
        object["disabled"] = .bool(item.isDisabled)
        return .object(object)
    }
}
