import Domain
import Wire

/// What is sold.
extension Render {
    static func item(_ item: CatalogItem) -> JSON {
        var object: JSON.Object = [
            "id": .string(item.id), "sku": .string(item.sku), "name": .string(item.name),
            "category": .string(item.category), "checkoutKind": "custom", "description": .string(item.about),
            "serviceType": .string(item.serviceType), "priceMinor": minor(item.price.unit), "currency": currency,
        ]
        object["periodMonths"] = item.price.periodMonths.map { .integer(Int64($0)) }
        object["managementCapabilities"] = texts(item.capabilities)
        object["refundPolicy"] = .string(item.refundPolicy)
        return .object(object)
    }

    static func checkout(_ checkout: Shop.Checkout) -> JSON {
        let (item, needs) = (checkout.item, checkout.requirements)
        var object: JSON.Object = [
            "catalogItemId": .string(item.id), "checkoutKind": "custom", "serviceType": .string(item.serviceType),
            "requiredFields": texts(needs.fields.filter(\.isRequired).map(\.name)),
            "optionalFields": texts(needs.fields.filter { !$0.isRequired }.map(\.name)),
            "managementCapabilities": texts(item.capabilities),
        ]
        if !needs.supportedImages.isEmpty { object["supportedImages"] = texts(needs.supportedImages) }
        object["requestSchema"] = requestSchema(of: item, needs)
        object["example"] = [
            "catalogItemId": .string(item.id), "quantity": 1, "configuration": JSON(needs.example),
        ]
        object["refundPolicy"] = .string(item.refundPolicy)
        object["provider"] = ["name": .string(checkout.provider), "reality": .string(checkout.reality.rawValue)]
        return .object(object)
    }

    /// JSON Schema 2020-12 of what `quote_create` and `purchase_create` take for an item.
    private static func requestSchema(of item: CatalogItem, _ needs: ItemRequirements) -> JSON {
        var properties = JSON.Object()
        for field in needs.fields { properties[field.name] = schema(field) }
        let configuration: JSON = [
            "type": "object", "properties": .object(properties),
            "required": texts(needs.fields.filter(\.isRequired).map(\.name)),
        ]
        return [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
            "properties": [
                "catalogItemId": ["const": .string(item.id)],
                "quantity": ["type": "integer", "minimum": 1, "maximum": 100], "configuration": configuration,
            ],
            "required": ["catalogItemId", "quantity", "configuration"],
        ]
    }

    private static func schema(_ field: ItemRequirements.Field) -> JSON {
        var schema: JSON.Object = [:]
        switch field.type {
        case "array":
            schema["type"] = "array"
            schema["items"] = .object(choices(field, into: ["type": "string"]))
        // Amounts are read from their digits, and may be text too.
        case "number":
            schema["type"] = ["number", "string"]
        default:
            schema = choices(field, into: ["type": .string(field.type)])
        }
        let isList = field.type == "array"
        schema[isList ? "minItems" : "minimum"] = field.least.map { .integer($0) }
        schema[isList ? "maxItems" : "maximum"] = field.most.map { .integer($0) }
        if field.type == "string" {
            schema["minLength"] = schema["minimum"]
            schema["maxLength"] = schema["maximum"]
            schema["minimum"] = nil
            schema["maximum"] = nil
        }
        schema["default"] = field.usually.map { JSON($0) }
        schema["description"] = .string(field.about)
        return .object(schema)
    }

    private static func choices(_ field: ItemRequirements.Field, into schema: JSON.Object) -> JSON.Object {
        var schema = schema
        if !field.choices.isEmpty { schema["enum"] = texts(field.choices) }
        schema["pattern"] = field.pattern.map { .string("^(?:\($0))$") }
        return schema
    }
}
