using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// AlterConfigs, which replaces all settings of a resource, and IncrementalAlterConfigs (KIP-339), which changes single ones. Each resource is
/// changed as a whole or not at all, and one's fault does not touch the others. Pure but for the rules.
/// </summary>
public sealed class ConfigAlteration(IConfigRules rules)
{
    /// <summary>The longest value, in characters: what fits in every version of every request that could ask for it.</summary>
    public const int ValueLengthMax = short.MaxValue;

    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    public Decision<IncrementalAlterConfigsResponse> Decide(ClusterImage image, IncrementalAlterConfigsRequest request)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        var records = new List<IMetadataRecord>();
        var reply = new IncrementalAlterConfigsResponse();
        foreach (var same in request.Resources.GroupBy(each => new ConfigResource(each.ResourceType, each.ResourceName)))
        {
            var fault = Judge(image, same.Key, same.Count(), same.First().Configs.Select(config => config.Name))
                ?? Change(image, same.Key, same.First().Configs, out var after)
                ?? Commit(image, same.Key, after, records);
            reply.Responses.Add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = fault?.Error ?? ErrorCode.None,
                ErrorMessage = fault?.Message,
                ResourceType = same.Key.Type,
                ResourceName = same.Key.Name,
            });
        }

        return new Decision<IncrementalAlterConfigsResponse>(request.ValidateOnly ? [] : records, reply);
    }

    public Decision<AlterConfigsResponse> Decide(ClusterImage image, AlterConfigsRequest request)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        var records = new List<IMetadataRecord>();
        var reply = new AlterConfigsResponse();
        foreach (var same in request.Resources.GroupBy(each => new ConfigResource(each.ResourceType, each.ResourceName)))
        {
            var configs = same.First().Configs;
            var fault = Judge(image, same.Key, same.Count(), configs.Select(config => config.Name))
                ?? Missing(configs.Where(config => config.Value is null).Select(config => config.Name))
                ?? Commit(image, same.Key, configs.ToDictionary(config => config.Name, config => config.Value!, StringComparer.Ordinal), records);
            reply.Responses.Add(new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = fault?.Error ?? ErrorCode.None,
                ErrorMessage = fault?.Message,
                ResourceType = same.Key.Type,
                ResourceName = same.Key.Name,
            });
        }

        return new Decision<AlterConfigsResponse>(request.ValidateOnly ? [] : records, reply);
    }

    /// <summary>What is wrong with the request, whatever the settings are.</summary>
    private ConfigFault? Judge(ClusterImage image, ConfigResource resource, int times, IEnumerable<string> names)
    {
        if (times > 1)
        {
            return Invalid("The resource stands in the request more than once; give all its settings together.");
        }

        var twice = names.CountBy(name => name, StringComparer.Ordinal).FirstOrDefault(pair => pair.Value > 1).Key;
        return twice is null ? rules.FaultOf(image, resource) : Invalid($"The setting '{twice}' is given more than once.");
    }

    /// <summary>What the resource has once the single changes are made.</summary>
    private ConfigFault? Change(
        ClusterImage image, ConfigResource resource, List<IncrementalAlterConfigsRequest.AlterableConfig> changes, out Dictionary<string, string> after)
    {
        after = new Dictionary<string, string>(image.Configs.Of(resource), StringComparer.Ordinal);
        foreach (var change in changes)
        {
            switch (change.ConfigOperation)
            {
                case Delete:
                    after.Remove(change.Name);
                    break;
                case Set or Append or Subtract when change.Value is null:
                    return Missing([change.Name]);
                case Set:
                    after[change.Name] = change.Value;
                    break;
                case Append or Subtract when !rules.IsList(resource, change.Name):
                    return new ConfigFault(ErrorCode.InvalidConfig, $"'{change.Name}' is not a list, so that entries could be added to it or taken from it; set it instead.");
                case Append or Subtract:
                    var entries = Entries(after.GetValueOrDefault(change.Name) ?? rules.Inherited(resource, change.Name) ?? "");
                    var named = Entries(change.Value);
                    after[change.Name] = string.Join(',', change.ConfigOperation == Append ? entries.Union(named, StringComparer.Ordinal) : entries.Except(named, StringComparer.Ordinal));
                    break;
                default:
                    return Invalid($"{change.ConfigOperation} is no operation on the setting '{change.Name}': 0 sets, 1 deletes, 2 appends, 3 subtracts.");
            }
        }

        return null;
    }

    /// <summary>Adds the records that bring a resource where it is to be.</summary>
    private ConfigFault? Commit(ClusterImage image, ConfigResource resource, Dictionary<string, string> after, List<IMetadataRecord> records)
    {
        var before = image.Configs.Of(resource);
        var set = after.Where(setting => before.GetValueOrDefault(setting.Key) != setting.Value).Select(setting => setting.Key).Order(StringComparer.Ordinal).ToList();
        if (set.Find(name => after[name].Length > ValueLengthMax) is { } tooLong)
        {
            return new ConfigFault(ErrorCode.InvalidConfig, $"The value of '{tooLong}' has {after[tooLong].Length} characters, and at most {ValueLengthMax} are kept.");
        }

        if (rules.FaultOf(image, resource, after, set) is { } fault)
        {
            return fault;
        }

        records.AddRange(set.Select(name => Record(resource, name, after[name])));
        records.AddRange(before.Keys.Where(name => !after.ContainsKey(name)).Select(name => Record(resource, name, null)));
        return null;
    }

    private static ConfigRecord Record(ConfigResource resource, string name, string? value) =>
        new() { ResourceType = resource.Type, ResourceName = resource.Name, Name = name, Value = value };

    private static string[] Entries(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static ConfigFault? Missing(IEnumerable<string> names)
    {
        var all = string.Join(", ", names);
        return all.Length == 0 ? null : Invalid($"{all} is given without a value; delete a setting to have its default.");
    }

    private static ConfigFault Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}
