using System.Reflection;
using System.Text;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Sharing;

namespace Spate.Client.Tests.Documentation;

/// <summary>The page of all options of the client, as their documentation in the code says it.</summary>
internal static class OptionPage
{
    public static readonly IReadOnlyList<Type> Types = [typeof(KafkaClientOptions), typeof(ProducerOptions), typeof(ConsumerOptions), typeof(ShareConsumerOptions)];

    public static IEnumerable<PropertyInfo> OptionsOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite);

    public static string Write()
    {
        var page = new StringBuilder("""
            # Options of the client

            Written from the documentation in the code. How the client is used is said in [the guide](../client.md).

            """);
        foreach (var type in Types)
        {
            page.Append($"\n## {type.Name}\n\n| Option | Kafka's key | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var option in OptionsOf(type))
            {
                var documented = OptionDocumentation.Of(type, option.Name);
                page.Append($"| `{option.Name}` | {Cell(documented.KafkaKey)} | {Cell(documented.Default)} | {Cell(documented.Meaning)} |\n");
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
