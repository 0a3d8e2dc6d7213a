/**
 * Fields of Go structs in their order: `Name:type`, or `Name=json:type` where JSON's name is not made of Go's. Types:
 * `s`, `i` and `b` are text, number and boolean, `*` a pointer, `[]` a slice (`'` names its texts), `{}` a map of texts,
 * `^` an embedded struct whose fields stand in the object itself.
 */
export const STRUCTS: Readonly<Record<string, string>> = {
  PodSpec:
    "Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:*i ActiveDeadlineSeconds:*i DNSPolicy:s NodeSelector:{}s ServiceAccountName:s AutomountServiceAccountToken:*b NodeName:s SecurityContext:*PodSecurityContext ImagePullSecrets:[]LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:*b Affinity:*Affinity SchedulerName:s Tolerations:[]Toleration HostAliases:[]HostAlias PriorityClassName:s Priority:*i PreemptionPolicy:*s DNSConfig:*PodDNSConfig ReadinessGates:[]PodReadinessGate RuntimeClassName:*s Overhead:resources EnableServiceLinks:*b TopologySpreadConstraints:[]TopologySpreadConstraint OS:*PodOS SchedulingGates:[]PodSchedulingGate ResourceClaims:[]PodResourceClaim Resources:*ResourceRequirements",
  PodSecurityContext:
    "HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:*b HostUsers:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b SupplementalGroups:[]i SupplementalGroupsPolicy:*s FSGroup:*i Sysctls:[]Sysctl FSGroupChangePolicy:*s SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:*s",
  SELinuxOptions: "User:s Role:s Type:s Level:s",
  WindowsSecurityContextOptions: "GMSACredentialSpecName:*s GMSACredentialSpec:*s RunAsUserName:*s HostProcess:*b",
  Sysctl: "Name:s Value:s",
  SeccompProfile: "Type:s LocalhostProfile:*s",
  AppArmorProfile: "Type:s LocalhostProfile:*s",
  LocalObjectReference: "Name:s",
  Container:
    "Name:s Image:s Command:[]s Args:[]s WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*s VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY:b",
  EphemeralContainer: "EphemeralContainerCommon:^EphemeralContainerCommon TargetContainerName:s",
  EphemeralContainerCommon:
    "Name:s Image:s Command:[]s Args:[]s WorkingDir:s Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar Resources:ResourceRequirements ResizePolicy:[]ContainerResizePolicy RestartPolicy:*s VolumeMounts:[]VolumeMount VolumeDevices:[]VolumeDevice LivenessProbe:*Probe ReadinessProbe:*Probe StartupProbe:*Probe Lifecycle:*Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:*SecurityContext Stdin:b StdinOnce:b TTY:b",
  ContainerPort: "Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s",
  EnvFromSource: "Prefix:s ConfigMapRef:*ConfigMapEnvSource SecretRef:*SecretEnvSource",
  ConfigMapEnvSource: "LocalObjectReference:^LocalObjectReference Optional:*b",
  SecretEnvSource: "LocalObjectReference:^LocalObjectReference Optional:*b",
  EnvVar: "Name:s Value:s ValueFrom:*EnvVarSource",
  EnvVarSource:
    "FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector ConfigMapKeyRef:*ConfigMapKeySelector SecretKeyRef:*SecretKeySelector",
  ObjectFieldSelector: "APIVersion:s FieldPath:s",
  ResourceFieldSelector: "ContainerName:s Resource:s Divisor:quantity",
  ConfigMapKeySelector: "LocalObjectReference:^LocalObjectReference Key:s Optional:*b",
  SecretKeySelector: "LocalObjectReference:^LocalObjectReference Key:s Optional:*b",
  ResourceRequirements: "Limits:resources Requests:resources Claims:[]ResourceClaim",
  ResourceClaim: "Name:s Request:s",
  ContainerResizePolicy: "ResourceName:s RestartPolicy:s",
  VolumeMount: "Name:s ReadOnly:b RecursiveReadOnly:*s MountPath:s SubPath:s MountPropagation:*s SubPathExpr:s",
  VolumeDevice: "Name:s DevicePath:s",
  Probe:
    "ProbeHandler:^ProbeHandler InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:*i",
  ProbeHandler: "Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction GRPC:*GRPCAction",
  ExecAction: "Command:[]s",
  HTTPGetAction: "Path:s Port:intstr Host:s Scheme:s HTTPHeaders:[]HTTPHeader",
  HTTPHeader: "Name:s Value:s",
  TCPSocketAction: "Port:intstr Host:s",
  GRPCAction: "Port:i Service:*s",
  Lifecycle: "PostStart:*LifecycleHandler PreStop:*LifecycleHandler StopSignal:*s",
  LifecycleHandler: "Exec:*ExecAction HTTPGet:*HTTPGetAction TCPSocket:*TCPSocketAction Sleep:*SleepAction",
  SleepAction: "Seconds:i",
  SecurityContext:
    "Capabilities:*Capabilities Privileged:*b SELinuxOptions=seLinuxOptions:*SELinuxOptions WindowsOptions:*WindowsSecurityContextOptions RunAsUser:*i RunAsGroup:*i RunAsNonRoot:*b ReadOnlyRootFilesystem:*b AllowPrivilegeEscalation:*b ProcMount:*s SeccompProfile:*SeccompProfile AppArmorProfile:*AppArmorProfile",
  Capabilities: "Add:[]s'Capability Drop:[]s'Capability",
  Affinity: "NodeAffinity:*NodeAffinity PodAffinity:*PodAffinity PodAntiAffinity:*PodAntiAffinity",
  NodeAffinity:
    "RequiredDuringSchedulingIgnoredDuringExecution:*NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm",
  PodAffinity:
    "RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm",
  PodAntiAffinity:
    "RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm",
  NodeSelector: "NodeSelectorTerms:[]NodeSelectorTerm",
  NodeSelectorTerm: "MatchExpressions:[]NodeSelectorRequirement MatchFields:[]NodeSelectorRequirement",
  NodeSelectorRequirement: "Key:s Operator:s Values:[]s",
  PreferredSchedulingTerm: "Weight:i Preference:NodeSelectorTerm",
  WeightedPodAffinityTerm: "Weight:i PodAffinityTerm:PodAffinityTerm",
  PodAffinityTerm:
    "LabelSelector:*LabelSelector Namespaces:[]s TopologyKey:s NamespaceSelector:*LabelSelector MatchLabelKeys:[]s MismatchLabelKeys:[]s",
  LabelSelector: "MatchLabels:{}s MatchExpressions:[]LabelSelectorRequirement",
  LabelSelectorRequirement: "Key:s Operator:s Values:[]s",
  Toleration: "Key:s Operator:s Value:s Effect:s TolerationSeconds:*i",
  HostAlias: "IP:s Hostnames:[]s",
  PodDNSConfig: "Nameservers:[]s Searches:[]s Options:[]PodDNSConfigOption",
  PodDNSConfigOption: "Name:s Value:*s",
  PodReadinessGate: "ConditionType:s",
  TopologySpreadConstraint:
    "MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:*LabelSelector MinDomains:*i NodeAffinityPolicy:*s NodeTaintsPolicy:*s MatchLabelKeys:[]s",
  PodOS: "Name:s",
  PodSchedulingGate: "Name:s",
  PodResourceClaim: "Name:s ResourceClaimName:*s ResourceClaimTemplateName:*s",
  Volume: "Name:s VolumeSource:^VolumeSource",
  VolumeSource:
    "HostPath:*HostPathVolumeSource EmptyDir:*EmptyDirVolumeSource GCEPersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource GitRepo:*GitRepoVolumeSource Secret:*SecretVolumeSource NFS:*NFSVolumeSource ISCSI:*ISCSIVolumeSource Glusterfs:*GlusterfsVolumeSource PersistentVolumeClaim:*PersistentVolumeClaimVolumeSource RBD:*RBDVolumeSource Quobyte:*QuobyteVolumeSource FlexVolume:*FlexVolumeSource Cinder:*CinderVolumeSource CephFS=cephfs:*CephFSVolumeSource Flocker:*FlockerVolumeSource DownwardAPI:*DownwardAPIVolumeSource FC:*FCVolumeSource AzureFile:*AzureFileVolumeSource ConfigMap:*ConfigMapVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource Projected:*ProjectedVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOVolumeSource StorageOS=storageos:*StorageOSVolumeSource CSI:*CSIVolumeSource Ephemeral:*EphemeralVolumeSource Image:*ImageVolumeSource",
  HostPathVolumeSource: "Path:s Type:*s",
  EmptyDirVolumeSource: "Medium:s SizeLimit:*quantity",
  GCEPersistentDiskVolumeSource: "PDName:s FSType:s Partition:i ReadOnly:b",
  AWSElasticBlockStoreVolumeSource: "VolumeID:s FSType:s Partition:i ReadOnly:b",
  GitRepoVolumeSource: "Repository:s Revision:s Directory:s",
  SecretVolumeSource: "SecretName:s Items:[]KeyToPath DefaultMode:*i Optional:*b",
  KeyToPath: "Key:s Path:s Mode:*i",
  NFSVolumeSource: "Server:s Path:s ReadOnly:b",
  ISCSIVolumeSource:
    "TargetPortal:s IQN:s Lun:i ISCSIInterface:s FSType:s ReadOnly:b Portals:[]s DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*LocalObjectReference InitiatorName:*s",
  GlusterfsVolumeSource: "EndpointsName=endpoints:s Path:s ReadOnly:b",
  PersistentVolumeClaimVolumeSource: "ClaimName:s ReadOnly:b",
  RBDVolumeSource:
    "CephMonitors=monitors:[]s RBDImage=image:s FSType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:*LocalObjectReference ReadOnly:b",
  QuobyteVolumeSource: "Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s",
  FlexVolumeSource: "Driver:s FSType:s SecretRef:*LocalObjectReference ReadOnly:b Options:{}s",
  CinderVolumeSource: "VolumeID:s FSType:s ReadOnly:b SecretRef:*LocalObjectReference",
  CephFSVolumeSource: "Monitors:[]s Path:s User:s SecretFile:s SecretRef:*LocalObjectReference ReadOnly:b",
  FlockerVolumeSource: "DatasetName:s DatasetUUID:s",
  DownwardAPIVolumeSource: "Items:[]DownwardAPIVolumeFile DefaultMode:*i",
  DownwardAPIVolumeFile: "Path:s FieldRef:*ObjectFieldSelector ResourceFieldRef:*ResourceFieldSelector Mode:*i",
  FCVolumeSource: "TargetWWNs=targetWWNs:[]s Lun:*i FSType:s ReadOnly:b WWIDs=wwids:[]s",
  AzureFileVolumeSource: "SecretName:s ShareName:s ReadOnly:b",
  ConfigMapVolumeSource: "LocalObjectReference:^LocalObjectReference Items:[]KeyToPath DefaultMode:*i Optional:*b",
  VsphereVirtualDiskVolumeSource: "VolumePath:s FSType:s StoragePolicyName:s StoragePolicyID:s",
  AzureDiskVolumeSource: "DiskName:s DataDiskURI=diskURI:s CachingMode:*s FSType:*s ReadOnly:*b Kind:*s",
  PhotonPersistentDiskVolumeSource: "PdID:s FSType:s",
  ProjectedVolumeSource: "Sources:[]VolumeProjection DefaultMode:*i",
  VolumeProjection:
    "Secret:*SecretProjection DownwardAPI:*DownwardAPIProjection ConfigMap:*ConfigMapProjection ServiceAccountToken:*ServiceAccountTokenProjection ClusterTrustBundle:*ClusterTrustBundleProjection",
  SecretProjection: "LocalObjectReference:^LocalObjectReference Items:[]KeyToPath Optional:*b",
  DownwardAPIProjection: "Items:[]DownwardAPIVolumeFile",
  ConfigMapProjection: "LocalObjectReference:^LocalObjectReference Items:[]KeyToPath Optional:*b",
  ServiceAccountTokenProjection: "Audience:s ExpirationSeconds:i Path:s",
  ClusterTrustBundleProjection: "Name:*s SignerName:*s LabelSelector:*LabelSelector Optional:*b Path:s",
  PortworxVolumeSource: "VolumeID:s FSType:s ReadOnly:b",
  ScaleIOVolumeSource:
    "Gateway:s System:s SecretRef:*LocalObjectReference SSLEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType:s ReadOnly:b",
  StorageOSVolumeSource: "VolumeName:s VolumeNamespace:s FSType:s ReadOnly:b SecretRef:*LocalObjectReference",
  CSIVolumeSource: "Driver:s ReadOnly:*b FSType:*s VolumeAttributes:{}s NodePublishSecretRef:*LocalObjectReference",
  EphemeralVolumeSource: "VolumeClaimTemplate:*PersistentVolumeClaimTemplate",
  PersistentVolumeClaimTemplate: "ObjectMeta=metadata:ObjectMeta Spec:PersistentVolumeClaimSpec",
  ObjectMeta: "Name:s Labels:{}s Annotations:{}s",
  ImageVolumeSource: "Reference:s PullPolicy:s",
  PersistentVolumeClaimSpec:
    "AccessModes:[]s'PersistentVolumeAccessMode Selector:*LabelSelector Resources:VolumeResourceRequirements VolumeName:s StorageClassName:*s VolumeMode:*s DataSource:*TypedLocalObjectReference DataSourceRef:*TypedObjectReference VolumeAttributesClassName:*s",
  VolumeResourceRequirements: "Limits:resources Requests:resources",
  TypedLocalObjectReference: "APIGroup:*s Kind:s Name:s",
  TypedObjectReference: "APIGroup:*s Kind:s Name:s Namespace:*s",
  PersistentVolumeSource:
    "GCEPersistentDisk:*GCEPersistentDiskVolumeSource AWSElasticBlockStore:*AWSElasticBlockStoreVolumeSource HostPath:*HostPathVolumeSource Glusterfs:*GlusterfsPersistentVolumeSource NFS:*NFSVolumeSource RBD:*RBDPersistentVolumeSource Quobyte:*QuobyteVolumeSource ISCSI:*ISCSIPersistentVolumeSource FlexVolume:*FlexPersistentVolumeSource Cinder:*CinderPersistentVolumeSource CephFS=cephfs:*CephFSPersistentVolumeSource FC:*FCVolumeSource Flocker:*FlockerVolumeSource AzureFile:*AzureFilePersistentVolumeSource VsphereVolume:*VsphereVirtualDiskVolumeSource AzureDisk:*AzureDiskVolumeSource PhotonPersistentDisk:*PhotonPersistentDiskVolumeSource PortworxVolume:*PortworxVolumeSource ScaleIO:*ScaleIOPersistentVolumeSource Local:*LocalVolumeSource StorageOS=storageos:*StorageOSPersistentVolumeSource CSI:*CSIPersistentVolumeSource",
  SecretReference: "Name:s Namespace:s",
  GlusterfsPersistentVolumeSource: "EndpointsName=endpoints:s Path:s ReadOnly:b EndpointsNamespace:*s",
  RBDPersistentVolumeSource:
    "CephMonitors=monitors:[]s RBDImage=image:s FSType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:*SecretReference ReadOnly:b",
  ISCSIPersistentVolumeSource:
    "TargetPortal:s IQN:s Lun:i ISCSIInterface:s FSType:s ReadOnly:b Portals:[]s DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:*SecretReference InitiatorName:*s",
  FlexPersistentVolumeSource: "Driver:s FSType:s SecretRef:*SecretReference ReadOnly:b Options:{}s",
  CinderPersistentVolumeSource: "VolumeID:s FSType:s ReadOnly:b SecretRef:*SecretReference",
  CephFSPersistentVolumeSource: "Monitors:[]s Path:s User:s SecretFile:s SecretRef:*SecretReference ReadOnly:b",
  AzureFilePersistentVolumeSource: "SecretName:s ShareName:s ReadOnly:b SecretNamespace:*s",
  ScaleIOPersistentVolumeSource:
    "Gateway:s System:s SecretRef:*SecretReference SSLEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType:s ReadOnly:b",
  LocalVolumeSource: "Path:s FSType:*s",
  StorageOSPersistentVolumeSource: "VolumeName:s VolumeNamespace:s FSType:s ReadOnly:b SecretRef:*ObjectReference",
  ObjectReference: "Kind:s Namespace:s Name:s UID:s APIVersion:s ResourceVersion:s FieldPath:s",
  CSIPersistentVolumeSource:
    "Driver:s VolumeHandle:s ReadOnly:b FSType:s VolumeAttributes:{}s ControllerPublishSecretRef:*SecretReference NodeStageSecretRef:*SecretReference NodePublishSecretRef:*SecretReference ControllerExpandSecretRef:*SecretReference NodeExpandSecretRef:*SecretReference",
};
