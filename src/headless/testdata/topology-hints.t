# Endpoints say for which zone's clients they are

  $ lab topology ha --seed 7
  $ kubectl create deployment web --image=nginx:1.25 --replicas=5
  deployment.apps/web created
  $ kubectl expose deployment web --port=80
  service/web exposed
  $ lab until 60s 'kubectl wait --for=condition=Available deploy/web --timeout=0s'
  $ lab wait 2s
  $ cat > hints.sh <<'EOF'
  > kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{range .items[0].endpoints[*]}{.zone} {.hints.forZones[*].name}{"\n"}{end}'
  > EOF
  $ sh hints.sh | awk '{print NF}' | uniq -c | awk '{print $1, $2}'
  5 1

With PreferClose each endpoint is for its own zone, and a zone's traffic stays there.

  $ kubectl patch service web -p '{"spec":{"trafficDistribution":"PreferClose"}}'
  service/web patched
  $ lab wait 2s
  $ sh hints.sh | awk '$1 == $2 {same++} END {print same}'
  5
  $ cat > here.sh <<'EOF'
  > IN_A=$(kubectl get endpointslices -l kubernetes.io/service-name=web -o jsonpath='{.items[0].endpoints[?(@.zone=="zone-a")].addresses[0]}' | wc -w)
  > echo $(( $(ssh worker-1 iptables -t nat -S | grep -c 'default/web -> ') - IN_A ))
  > EOF
  $ sh here.sh
  0

The annotation shares them out by the zones' processors: a zone has its hints whatever runs there.

  $ kubectl patch service web -p '{"spec":{"trafficDistribution":null}}'
  service/web patched
  $ kubectl annotate service web service.kubernetes.io/topology-mode=Auto
  service/web annotated
  $ lab wait 2s
  $ sh hints.sh | awk '{print $2}' | sort -u
  zone-a
  zone-b
  zone-c

With too few endpoints for that there are no hints, and everybody may ask everybody.

  $ kubectl scale deployment web --replicas=2
  deployment.apps/web scaled
  $ lab wait 40s
  $ sh hints.sh | awk '{print NF}'
  1
  1
  $ kubectl get events --field-selector involvedObject.name=web,involvedObject.kind=Service -o custom-columns=TYPE:.type,REASON:.reason,MESSAGE:.message --no-headers | sort -u | grep -v 'Unable to'
  Normal    TopologyAwareHintsEnabled    Topology Aware Hints has been enabled, addressType: IPv4
  Warning   TopologyAwareHintsDisabled   Insufficient number of endpoints (2 endpoints, 3 zones), addressType: IPv4
  $ lab check
