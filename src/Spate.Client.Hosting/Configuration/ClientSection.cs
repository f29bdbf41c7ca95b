using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Spate.Client.Hosting.Configuration;

/// <summary>Reads the options of a client out of a section of the configuration.</summary>
internal static class ClientSection
{
    private const string ProducerSection = "Producer";
    private const string ConsumerSection = "Consumer";

    /// <exception cref="OptionsValidationException">There are keys that are none, or values that cannot be read; it names all of them.</exception>
    public static KafkaClientOptions Read(IConfiguration section, KafkaClientOptions options)
    {
        var faults = new List<string>();
        foreach (var entry in section.GetChildren().Where(static entry => !SaslSection.Holds(entry) && !TlsSection.Holds(entry)))
        {
            options = entry switch
            {
                { Value: null, Key: var key } when key.Equals(ProducerSection, StringComparison.OrdinalIgnoreCase) =>
                    options with { Producer = SectionEntries.ReadAll(entry, ProducerSettings.Table, options.Producer, faults) },
                { Value: null, Key: var key } when key.Equals(ConsumerSection, StringComparison.OrdinalIgnoreCase) =>
                    options with { Consumer = SectionEntries.ReadAll(entry, ConsumerSettings.Table, options.Consumer, faults) },
                _ => ReadOne(entry, options, faults),
            };
        }

        options = TlsSection.Read(section, faults) is { } tls ? options with { Security = tls } : options;
        options = SaslSection.Read(section, faults) is { } sasl ? options with { Sasl = sasl } : options;
        return faults.Count == 0 ? options : throw new OptionsValidationException(Options.DefaultName, typeof(KafkaClientOptions), faults);
    }

    /// <summary>Kafka's own keys need no section: each is one option's only.</summary>
    private static KafkaClientOptions ReadOne(IConfigurationSection entry, KafkaClientOptions options, List<string> faults)
    {
        if (entry.GetChildren().Any(static child => !int.TryParse(child.Key, CultureInfo.InvariantCulture, out _)))
        {
            faults.Add($"{entry.Path} is a section, and a client has the sections {ProducerSection}, {ConsumerSection}, {SaslSection.Name} and {TlsSection.Name}; that of a service stands beside the client's, not in it.");
            return options;
        }

        if (SectionEntries.TextOf(entry) is not { } text)
        {
            faults.Add($"{entry.Path} has no value.");
            return options;
        }

        if (ClientSettings.Table.Read(entry.Key, text, entry.Path, options, mayBeProperty: true, faults) is { } client)
        {
            return client;
        }

        if (ProducerSettings.Table.Read(entry.Key, text, entry.Path, options.Producer, mayBeProperty: false, faults) is { } producer)
        {
            return options with { Producer = producer };
        }

        if (ConsumerSettings.Table.Read(entry.Key, text, entry.Path, options.Consumer, mayBeProperty: false, faults) is { } consumer)
        {
            return options with { Consumer = consumer };
        }

        faults.Add($"{entry.Path} is no setting of a client; it is a property of KafkaClientOptions such as ClientId, or a key of Kafka's such as client.id.");
        return options;
    }
}
