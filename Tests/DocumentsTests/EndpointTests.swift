import Documents
import Domain
import Testing

@Suite struct EndpointTests {
    private func endpoints(_ text: String, _ name: String = "api.yaml") async throws -> [Cutting] {
        try await Desk.read(text, name, by: Splitting(.endpoint, quantity: 1000, overlap: 0))
    }

    private let pets = """
        openapi: 3.0.3
        info: {title: Pets, version: "1.2", description: All of them.}
        servers:
          - url: https://pets.example/v1
        security: [{key: []}]
        paths:
          /pets/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: integer, format: int64}}
            get:
              summary: One pet
              description: |
                Gives a pet.
                Or none.
              operationId: getPet
              tags: [pets]
              parameters:
                - $ref: '#/components/parameters/Verbose'
              responses:
                '200':
                  description: It is there
                  content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
                '404': {description: It is not}
            put:
              deprecated: true
              security: []
              requestBody:
                required: true
                description: The whole pet
                content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
              responses: {default: {description: Done}}
        components:
          parameters:
            Verbose: {name: verbose, in: query, description: Say more, schema: {type: string, enum: [low, high]}}
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Key}
          schemas:
            Pet:
              type: object
              required: [name]
              properties:
                name: {type: string, description: How it is called}
                friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}
                owner: {allOf: [{$ref: '#/components/schemas/Owner'}]}
            Owner: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}}}
        """

    @Test func anOperationIsOnePassageWithAllThatItNeeds() async throws {
        let cuttings = try await endpoints(pets)
        #expect(cuttings.headings == ["Pets", "GET /pets/{id}", "PUT /pets/{id}"])
        #expect(cuttings.map(\.line) == [1, 10, 24])
        #expect(
            cuttings[0].text == """
                Pets 1.2
                All of them.
                Servers: https://pets.example/v1
                Security: key (apiKey header X-Key)
                """)
        #expect(
            cuttings[1].text == """
                GET /pets/{id}
                One pet
                Gives a pet.
                Or none.

                Operation: getPet
                Tags: pets
                Servers: https://pets.example/v1
                Security: key (apiKey header X-Key)
                Parameters:
                - id (path, required, integer (int64))
                - verbose (query, string: low | high): Say more
                Responses:
                - 200: It is there
                  Format: application/json
                  Pet
                    - name (string, required): How it is called
                    - friends (array of Pet)
                    - owner (Owner)
                      - pet (Pet)
                - 404: It is not
                """)
        #expect(cuttings[2].text.contains("Deprecated\nServers: https://pets.example/v1\nParameters:"))
        #expect(cuttings[2].text.contains("Request body (required): The whole pet\n  Format: application/json\n  Pet"))
    }

    @Test func swaggerInJSONIsReadToo() async throws {
        let text = #"""
            {"swagger": "2.0", "info": {"title": "Old"}, "host": "old.example", "basePath": "/v2",
             "schemes": ["https"],
             "paths": {"/orders": {"post": {
               "summary": "An \"order\"", "parameters": [
                 {"in": "body", "name": "b", "schema": {"$ref": "#/definitions/O~1rder"}},
                 {"in": "query", "name": "n", "type": "integer"}],
               "responses": {"201": {"description": "Made",
                 "schema": {"type": "array", "items": {"type": "string"}}}}}}},
             "definitions": {"O/rder": {"properties": {"sum": {"type": "number"}}}}}
            """#
        let cuttings = try await endpoints(text, "api.json")
        #expect(cuttings.headings == ["Old", "POST /orders"])
        #expect(
            cuttings[1].text == """
                POST /orders
                An "order"
                Servers: https://old.example/v2
                Parameters:
                - n (query, integer)
                Request body
                  O~1rder
                    - sum (number)
                Responses:
                - 201: Made
                  array of string
                """)
    }

    @Test(
        "What is no OpenAPI document is refused with what is missing",
        arguments: [
            ("a: 1", "a.yaml", "The key “openapi” (or “swagger”) is missing."),
            ("{\"openapi\": \"3.1.0\"}", "a.json", "The key “paths” is missing."),
            ("openapi: 3.0.0\npaths: {}", "a.yaml", "It names no operation below “paths”."),
            ("openapi: 4.0.0\npaths: {}", "a.yaml", "Its version is 4.0.0"),
            ("- a", "a.yaml", "It is not a mapping with keys."), ("a: [", "a.yaml", "in line"),
            ("{\"a\":\n 1", "a.json", "It is no JSON: see line 2."), ("a,b", "a.csv", "neither JSON nor YAML"),
            ("func a() {}", "a.swift", "neither JSON nor YAML"), ("Only words.", "a.txt", "not a mapping"),
        ])
    func refused(text: String, name: String, words: String) async throws {
        let refusal = try await Desk.refusal(
            Array(text.utf8), name, by: Splitting(.endpoint, quantity: 500, overlap: 0))
        #expect(refusal.reason == .invalid && refusal.field == "file")
        #expect(refusal.message.hasPrefix("The file is no OpenAPI document. "))
        #expect(refusal.message.contains(words), "\(refusal.message)")
    }

    @Test func referencesInACircleEnd() async throws {
        let text = """
            openapi: 3.1.0
            paths:
              /a: {get: {responses: {'200': {$ref: '#/components/responses/A'}}}}
              /b: {$ref: '#/paths/~1b'}
              /c: {get: {requestBody: {$ref: 'other.yaml#/x'}, parameters: [{$ref: '#/nowhere'}]}}
            components: {responses: {A: {$ref: '#/components/responses/B'}, B: {$ref: '#/components/responses/A'}}}
            """
        #expect(try await endpoints(text).headings == ["GET /a", "GET /c"])
    }

    @Test func aliasesAreReadButNotWithoutEnd() async throws {
        let shared = "openapi: 3.0.0\nx: &r {'200': {description: Fine}}\npaths: {/a: {get: {responses: *r}}}"
        #expect(try await endpoints(shared).first?.text.contains("- 200: Fine") == true)
        var bomb = "a0: &a0 [x, x]\n"
        for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        for text in [bomb, bomb + "? *a40\n: x\n", bomb + "*a40 : x\n", bomb + "{[*a40, *a40]: x}\n"] {
            let refusal = try await Desk.refusal(
                Array(text.utf8), "a.yaml", by: Splitting(.endpoint, quantity: 500, overlap: 0))
            #expect(refusal.reason == .invalid)
        }
    }

    @Test(arguments: ["a.json", "a.yaml"])
    func nestingWithoutMeasureIsRefused(name: String) async throws {
        for text in [
            String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
            String(repeating: "- ", count: 100_000),
        ] {
            let refusal = try await Desk.refusal(
                Array(text.utf8), name, by: Splitting(.endpoint, quantity: 500, overlap: 0))
            #expect(refusal.reason == .invalid)
        }
    }
}
