using System.Globalization;
using Spate.Client.Load;

// For each number that comes as a line on standard input, works on so many records, and prints a line that says how long it took. rdkafka-load does the same.
var options = new LoadOptions(args);
await using ILoad load = args.FirstOrDefault() switch
{
    "produce" => new ProduceLoad(options),
    "latency" => new LatencyLoad(options),
    "consume" => new ConsumeLoad(options),
    _ => throw new FormatException("The first word is the command: produce, latency or consume. The options are those of rdkafka-load."),
};
Console.WriteLine("ready");
while (Console.ReadLine() is { } records)
{
    var seconds = await load.RunAsync(int.Parse(records, NumberStyles.None, CultureInfo.InvariantCulture));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run seconds={seconds:F6}"));
}
