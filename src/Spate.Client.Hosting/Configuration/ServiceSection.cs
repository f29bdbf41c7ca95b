using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Spate.Client.Consuming;
using Spate.Client.Hosting.Consuming;
using Spate.Client.Sharing;

namespace Spate.Client.Hosting.Configuration;

/// <summary>Reads the options of a service that consumes out of a section of the configuration.</summary>
internal static class ServiceSection
{
    private const string ConsumerSection = "Consumer";

    /// <exception cref="OptionsValidationException">There are keys that are none, or values that cannot be read or used; it names all of them.</exception>
    public static KafkaConsumerServiceOptions ReadConsumer(IConfigurationSection section, ConsumerOptions? consumers)
    {
        var (basis, faults) = (consumers ?? new ConsumerOptions(), new List<string>());
        var (options, own) = Read(section, ServiceSettings.Consumer, new KafkaConsumerServiceOptions { Topics = [] }, ConsumerSettings.Table, basis, faults);

        // Where nothing is said of them, they are the client's.
        options = options with { Consumer = ReferenceEquals(own, basis) ? consumers : own };
        return Checked(section, options, faults, place => ServiceFaults.Find(options.Topics, options.Members, options.RetryBackoff, options.RetryBackoffMax, place));
    }

    /// <exception cref="OptionsValidationException">As for <see cref="ReadConsumer"/>.</exception>
    public static KafkaShareServiceOptions ReadShare(IConfigurationSection section)
    {
        var (basis, faults) = (new ShareConsumerOptions { GroupId = "" }, new List<string>());
        var (options, own) = Read(section, ServiceSettings.Share, new KafkaShareServiceOptions { Topics = [], Consumer = basis }, ShareConsumerSettings.Table, basis, faults);
        options = options with { Consumer = own };
        return Checked(section, options, faults, place =>
        [
            .. own.GroupId.Length == 0 ? new[] { $"{place}{ConsumerSection}:GroupId, or {place}group.id, must name the share group." } : [],
            .. ServiceFaults.Find(options.Topics, options.Members, options.RetryBackoff, options.RetryBackoffMax, place),
        ]);
    }

    private static (TService Service, TConsumer Consumer) Read<TService, TConsumer>(
        IConfigurationSection section, SettingTable<TService> services, TService service, SettingTable<TConsumer> consumers, TConsumer consumer, List<string> faults)
        where TService : class
        where TConsumer : class
    {
        foreach (var entry in section.GetChildren())
        {
            if (entry.Value is null && entry.Key.Equals(ConsumerSection, StringComparison.OrdinalIgnoreCase))
            {
                consumer = SectionEntries.ReadAll(entry, consumers, consumer, faults);
            }
            else if (SectionEntries.TextOf(entry) is not { } text)
            {
                faults.Add($"{entry.Path} has no value.");
            }
            else if (services.Read(entry.Key, text, entry.Path, service, mayBeProperty: true, faults) is { } changed)
            {
                service = changed;
            }
            else if (consumers.Read(entry.Key, text, entry.Path, consumer, mayBeProperty: false, faults) is { } own)
            {
                consumer = own;
            }
            else
            {
                faults.Add($"{entry.Path} is no setting of a service that consumes; it is a property of {typeof(TService).Name} such as Topics, or a key of Kafka's such as group.id.");
            }
        }

        return (service, consumer);
    }

    /// <summary>What was misread stands in for what it should have been, so the rest is looked at only where nothing was.</summary>
    private static TOptions Checked<TOptions>(IConfigurationSection section, TOptions options, List<string> faults, Func<string, IEnumerable<string>> find)
    {
        if (faults.Count == 0)
        {
            faults.AddRange(find($"{section.Path}:"));
        }

        return faults.Count == 0 ? options : throw new OptionsValidationException(Options.DefaultName, typeof(TOptions), faults);
    }
}
