using System.Text;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Clients;

/// <summary>Runs kcat, the command-line client built on librdkafka.</summary>
internal static class Kcat
{
    private const string Program = "kcat";

    /// <summary>Runs kcat to its end, whatever that is.</summary>
    public static Task<Completed> RunAsync(BrokerProcess broker, ReadOnlyMemory<byte> input, params string[] arguments) =>
        Execution.RunAsync(Program, ["-b", broker.Address, "-m", "30", .. arguments], input, Bounds.Client);

    /// <summary>Writes standard input, a record a line unless the options say otherwise. Every record must be acknowledged.</summary>
    public static async Task<Completed> WriteAsync(BrokerProcess broker, string topic, ReadOnlyMemory<byte> input, params string[] options) =>
        (await RunAsync(broker, input, ["-P", "-t", topic, .. options])).Succeeded();

    /// <summary>Writes values, which must not contain line ends.</summary>
    public static Task<Completed> WriteLinesAsync(BrokerProcess broker, string topic, IEnumerable<string> values, params string[] options) =>
        WriteAsync(broker, topic, Lines(values), options);

    /// <summary>Reads to the end of the topic, or of the partition that the options name.</summary>
    public static async Task<IReadOnlyList<KcatRecord>> ReadAsync(BrokerProcess broker, string topic, params string[] options)
    {
        var completed = await RunAsync(broker, default, ["-C", "-e", "-t", topic, "-f", KcatRecord.Format, .. options]);
        return KcatRecord.Parse(completed.Succeeded().Output);
    }

    /// <summary>Reads to the end of the topic and gives the values as texts.</summary>
    public static async Task<IReadOnlyList<string>> ReadLinesAsync(BrokerProcess broker, string topic, params string[] options) =>
        [.. (await ReadAsync(broker, topic, options)).Select(record => record.Text)];

    /// <summary>Reads so many records as a member of a group, then commits and leaves.</summary>
    public static async Task<IReadOnlyList<KcatRecord>> ReadAsGroupAsync(BrokerProcess broker, string group, string topic, int count)
    {
        var completed = await RunAsync(
            broker, default, "-G", group, "-c", $"{count}", "-X", "auto.offset.reset=earliest", "-f", KcatRecord.Format, topic);
        return KcatRecord.Parse(completed.Succeeded().Output);
    }

    /// <summary>Starts a member of a group that reads until it is stopped, whatever becomes of the broker meanwhile (-E).</summary>
    public static KcatMember Join(BrokerProcess broker, string group, string topic) => new(RunningProgram.Start(
        Program,
        [
            "-b", broker.Address, "-G", group, "-E", "-u", "-f", KcatMember.Format,
            "-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500", topic,
        ]));

    public static byte[] Lines(IEnumerable<string> values) => Encoding.UTF8.GetBytes(string.Concat(values.Select(value => value + "\n")));
}
