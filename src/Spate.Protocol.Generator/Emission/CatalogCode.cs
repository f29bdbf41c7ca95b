namespace Spate.Protocol.Generator.Emission;

/// <summary>Writes what is known of all APIs together: the enumeration of their keys and the catalog.</summary>
internal static class CatalogCode
{
    public static string Emit(IReadOnlyCollection<ApiEntry> apis)
    {
        var code = CodeWriter.Begin();
        code.Line("/// <summary>The keys of all APIs. A value from outside need not be one of these.</summary>");
        code.Open("public enum ApiKey : short");
        foreach (var api in apis)
        {
            code.Line($"{api.Name} = {api.Key},");
        }

        code.Close();
        code.Line();
        code.Line("/// <summary>What the schemas say of every API. Safe for use by several threads at once.</summary>");
        code.Open("public static class ApiCatalog");
        EmitTable(code, apis);
        EmitFactory(code, apis, "Request");
        code.Line();
        EmitFactory(code, apis, "Response");
        code.Close();
        return code.ToString();
    }

    private static void EmitTable(CodeWriter code, IReadOnlyCollection<ApiEntry> apis)
    {
        code.Open("private static readonly ApiFacts[] Table =");
        foreach (var api in apis)
        {
            var flexible = api.FirstFlexible?.ToString() ?? "short.MaxValue";
            code.Line($"new(ApiKey.{api.Name}, \"{api.Name}\", {api.Lowest}, {api.Highest}, {flexible}, {api.Listeners}),");
        }

        code.Close("};");
        code.Line();
        code.Line("/// <summary>All APIs, in order of their keys.</summary>");
        code.Line("public static ReadOnlySpan<ApiFacts> All => Table;");
        code.Line();
        code.Line("/// <summary>The facts of an API.</summary>");
        code.Line("/// <exception cref=\"ArgumentOutOfRangeException\">There is no such API.</exception>");
        code.Line("public static ApiFacts Get(ApiKey key) => TryGet(key, out var facts)");
        code.Line("    ? facts");
        code.Line("    : throw new ArgumentOutOfRangeException(nameof(key), key, \"There is no such API.\");");
        code.Line();
        code.Line("/// <summary>The facts of an API; false when there is none with this key.</summary>");
        code.Open("public static bool TryGet(ApiKey key, out ApiFacts facts)");
        if (apis.Select(api => api.Key).SequenceEqual(Enumerable.Range(0, apis.Count)))
        {
            code.Line("var index = (int)key;");
        }
        else
        {
            code.Line("var index = Array.FindIndex(Table, api => api.Key == key);");
        }

        code.Line("var isKnown = (uint)index < (uint)Table.Length;");
        code.Line("facts = isKnown ? Table[index] : default;");
        code.Line("return isKnown;");
        code.Close();
        code.Line();
    }

    private static void EmitFactory(CodeWriter code, IReadOnlyCollection<ApiEntry> apis, string half)
    {
        code.Line($"/// <summary>An empty {half.ToLowerInvariant()}.</summary>");
        code.Line("/// <exception cref=\"ArgumentOutOfRangeException\">There is no such API.</exception>");
        code.Open($"public static I{half}Message Create{half}(ApiKey key) => key switch");
        foreach (var api in apis)
        {
            code.Line($"ApiKey.{api.Name} => new {api.Name}{half}(),");
        }

        code.Line("_ => throw new ArgumentOutOfRangeException(nameof(key), key, \"There is no such API.\"),");
        code.Close("};");
    }
}
