import Domain
import Ledger

/// What is asked of no resource: which domains and numbers are free.
extension Simulation {
    func inspect(_ input: ActionInput) throws -> JSONValue {
        switch input.action.name {
        case "domain_check": try domainCheck(input)
        case "phone_number_search": try numberSearch(input)
        default:
            throw Refusal(
                .unsupported, "\(input.action.name) is asked of a service.", code: "capability_unsupported")
        }
    }

    private func domainCheck(_ input: ActionInput) throws -> JSONValue {
        let items = try itemsOfStore().filter { $0.serviceType == "domain" && !$0.isDisabled }
        let results = try input.texts("domainNames", 1...50).map { text -> JSONValue in
            let name = text.lowercased()
            let answer: JSONValue = ["domainName": .string(name), "available": false]
            guard let item = items.first(where: { Self.fits(name, $0) }) else {
                return answer.with(["reason": "not_sold"])
            }
            guard try holder(of: "domain/\(name)") == nil else { return answer.with(["reason": "registered"]) }
            return answer.with([
                "available": true, "catalogItemId": .string(item.id), "priceMinor": .integer(item.price.unit.minor),
                "currency": "usd",
            ])
        }
        return ["domains": .array(results)]
    }

    private static func fits(_ name: String, _ item: CatalogItem) -> Bool {
        let field = Offer(item)?.requirements.fields.first { $0.name == "domainName" }
        guard let pattern = field?.pattern, let expression = try? Regex(pattern) else { return false }
        return name.wholeMatch(of: expression) != nil
    }

    /// Those of the store stand in the place of what every server sells.
    private func itemsOfStore() throws -> [CatalogItem] {
        let own = try rows.catalogItems()
        return own + DefaultCatalog.items.filter { item in !own.contains { $0.id == item.id } }
    }

    private func numberSearch(_ input: ActionInput) throws -> JSONValue {
        let country = try input.text("countryCode", from: NumberRange.countries)
        let type = try input.text("numberType", from: NumberRange.types)
        let capabilities = try input.has("capabilities") ? input.texts("capabilities", 0...8) : ["sms", "voice"]
        if let other = capabilities.first(where: { !["sms", "voice"].contains($0) }) {
            throw input.refusal("capabilities", "must be of sms and voice; there is no \(other).")
        }
        let digits = try input.optionalText("contains", most: 15, pattern: "[0-9]+") ?? ""
        let wish: JSONValue = [
            "countryCode": .string(country), "numberType": .string(type),
            "locality": JSONValue(try input.optionalText("locality", most: 64)),
        ]
        let numbers = try NumberShelf(wish).free(containing: digits, limit: 20, in: self)
        let results = numbers.map { number -> JSONValue in
            [
                "phoneNumber": .string(number), "countryCode": .string(country), "numberType": .string(type),
                "capabilities": JSONValue(capabilities),
            ]
        }
        return ["numbers": .array(results)]
    }
}
